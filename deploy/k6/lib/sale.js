/** The sale that a profile plays: a concert with its schedules, and the timed work of the workers meanwhile. */
import http from 'k6/http';
import { timedWorkSlow } from './metrics.js';
import { commandResult, send } from './requests.js';
import { HALL_SEATS, OPERATOR_TOKEN, QUEUE_ID, SCHEDULE_ID, WORKER_METRICS } from './settings.js';

const PRICE = 100;
const HOUR_MS = 3600000;

/**
 * An access token of the development issuer (`DEV_ISSUER`).
 * @throws Error if the API has none
 */
export async function developmentToken(body) {
  const response = await send({ method: 'POST', path: '/auth/token', body });
  if (response.status === 200) return response.json().accessToken;
  throw new Error(
    'The API has no development issuer: give TOKENS_FILE, and OPERATOR_TOKEN or SCHEDULE_ID (deploy/k6/README.md).',
  );
}

/**
 * Opens the sale, in setup.
 * @param seats how many seats it has in all, in halls of HALL_SEATS
 * @returns what journeys need of it, which k6 hands to them as JSON
 */
export async function openSale(seats) {
  const startedAt = Date.now();
  const run = `k6-${startedAt}`;
  const entryPath = QUEUE_ID ? `/queues/${QUEUE_ID}/entry` : '/users/queue';
  const sale = { run, startedAt, entryPath, slowRuns: await slowTimerRuns() };
  const scheduleIds = SCHEDULE_ID ? [SCHEDULE_ID] : await newSchedules(sale, seats);
  return { ...sale, scheduleIds };
}

/** Creates a concert with as many schedules as it needs for that many seats. @returns the ids of the schedules */
async function newSchedules({ run, startedAt }, seats) {
  const token =
    OPERATOR_TOKEN || (await developmentToken({ subject: 'k6-operator', role: 'admin' }));
  const create = (path, key, body) =>
    commandResult({
      path,
      key: `${run}-${key}`,
      headers: { Authorization: `Bearer ${token}` },
      body,
    });
  const concert = await create('/concerts', 'concert', { title: `Load test ${run}` });
  const at = (hours) => new Date(startedAt + hours * HOUR_MS).toISOString();
  const ids = [];
  for (let left = seats; left > 0; left -= HALL_SEATS) {
    const schedule = await create(`/concerts/${concert.id}/schedules`, `schedule-${left}`, {
      bookingStartAt: at(-1),
      bookingEndAt: at(24),
      startAt: at(48),
      endAt: at(50),
      seats: [{ from: 1, to: Math.min(left, HALL_SEATS), price: PRICE }],
    });
    ids.push(schedule.id);
  }
  return ids;
}

/** Closes the sale, in teardown: counts the slow runs of timed work since it was opened. */
export async function closeSale(sale) {
  const seconds = Math.round((Date.now() - sale.startedAt) / 1000);
  const schedules = sale.scheduleIds.join(', ');
  console.log(`The sale ended ${seconds} s after its setup. Its schedules: ${schedules}.`);
  if (WORKER_METRICS.length > 0) timedWorkSlow.add((await slowTimerRuns()) - sale.slowRuns);
}

/** The timer runs of all workers so far that took more than a second. @throws Error if a worker does not say */
async function slowTimerRuns() {
  let slow = 0;
  for (const url of WORKER_METRICS) {
    const { status, body } = await http.asyncRequest('GET', url);
    if (status !== 200) throw new Error(`${url} was answered ${status}.`);
    slow += sumOf(body, 'seatlane_timer_seconds_count{');
    slow -= sumOf(body, 'seatlane_timer_seconds_bucket{le="1",');
  }
  return slow;
}

/** The sum of the series whose lines begin so. @throws Error if there is none */
function sumOf(text, beginning) {
  const lines = text.split('\n').filter((line) => line.startsWith(beginning));
  if (lines.length === 0) throw new Error(`The metrics of a worker lack ${beginning}.`);
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
