/** Scenarios in which journeys start at a rate, whether or not earlier ones have finished (k6: open model). */
import { number } from './settings.js';

/** k6 takes whole numbers only, and a rate may be less than one a second. */
const aMinute = (perSecond) => Math.round(perSecond * 60);
const common = { timeUnit: '1m', gracefulStop: '300s' };

/**
 * @param rate journeys that start in a second
 * @param seconds how long they do
 */
export function steadily(rate, seconds) {
  return {
    ...common,
    executor: 'constant-arrival-rate',
    rate: aMinute(rate),
    duration: `${seconds}s`,
    preAllocatedVUs: Math.ceil(rate * 10),
    maxVUs: number('MAX_VUS', Math.ceil(rate * 60)),
  };
}

/**
 * @param from journeys that start in a second at first
 * @param stages `{ rate, seconds }`: the rate changes evenly to `rate` within `seconds`
 * @param journeysAtOnce the most journeys that are open at a time
 */
export function ramping({ from, stages, journeysAtOnce }) {
  return {
    ...common,
    executor: 'ramping-arrival-rate',
    startRate: aMinute(from),
    stages: stages.map(({ rate, seconds }) => ({
      target: aMinute(rate),
      duration: `${Math.round(seconds)}s`,
    })),
    preAllocatedVUs: Math.ceil(journeysAtOnce / 4),
    maxVUs: number('MAX_VUS', Math.ceil(journeysAtOnce)),
  };
}

/** As many seats as journeys start, and a fifth more, unless SEATS says how many. */
export function seatsFor(journeys) {
  return number('SEATS', Math.ceil(journeys * 1.2) + 20);
}
