/** The settings of all profiles, from the environment: `k6 run -e NAME=value`. README.md lists them. */

const env = __ENV;

/** A setting that is a number. @throws Error if it is none, or is negative */
export function number(name, fallback) {
  const given = env[name];
  if (given === undefined || given === '') return fallback;
  const value = Number(given);
  if (!(value >= 0)) throw new Error(`${name}=${given} is not a number of at least 0.`);
  return value;
}

export const BASE_URL = (env.BASE_URL || 'http://localhost:3000').replace(/\/+$/, '');
/** The addresses of the workers' metrics, such as http://localhost:9465/metrics. */
export const WORKER_METRICS = (env.WORKER_METRICS || '').split(',').filter((url) => url !== '');
/** Without it, the development issuer makes an operator. */
export const OPERATOR_TOKEN = env.OPERATOR_TOKEN || '';
/** A file with a JSON array of buyers' access tokens. Without it, the development issuer makes buyers. */
export const TOKENS_FILE = env.TOKENS_FILE || '';
/** A schedule on sale, and the queue of its concert. Without it, setup creates a concert. */
export const SCHEDULE_ID = number('SCHEDULE_ID', 0);
export const QUEUE_ID = number('QUEUE_ID', 0);
/** The most seats of one schedule that setup creates; it creates as many schedules as the sale needs. */
export const HALL_SEATS = number('HALL_SEATS', 2000);
/** The mean pause of a buyer between two steps, in s. */
export const THINK_SECONDS = number('THINK_SECONDS', 1);
/** The share of journeys in which two buyers order the same seat at the same moment, 0 to 1. */
export const CONTESTS = number('CONTESTS', 0.1);
