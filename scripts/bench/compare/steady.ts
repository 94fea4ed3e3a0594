/** Loads at a fixed rate: the highest rate that a system sustains, and its latencies at 70 % of that rate. */
import type { LoadResponse } from '../http-client.ts';
import type { Contestant } from './contestants.ts';
import { percentile, zipf } from './figures.ts';
import { atOnce, atRate, type Loaded } from './load.ts';
import { type Begin, doubles, miscounted, type Outcome, settle, toOutcome } from './scenarios.ts';

/** Prepares the data of the requests. @param count the number of requests */
type Steady = (contestant: Contestant, count: number) => Promise<() => () => Promise<LoadResponse>>;

const HOT_SEATS = 2000;
const ZIPF_EXPONENT = 1.1;
const READ_SHARE = 0.9;
const READ_SEATS = 500;

/** Each request books another seat. */
const differentSeats: Steady = async (contestant, count) => {
  const { seatIds } = await contestant.hall(count);
  let next = 0;
  return () => {
    const user = next++;
    const seatId = seatIds[user];
    return () => contestant.post(`/concerts/seats/${seatId}/book`, user);
  };
};

/** Many requests book the same few seats (Zipf's law). */
const hotSeats: Steady = async (contestant) => {
  const { seatIds } = await contestant.hall(HOT_SEATS);
  const draw = zipf(HOT_SEATS, ZIPF_EXPONENT, Math.random);
  let next = 0;
  return () => {
    const user = next++;
    const seatId = seatIds[draw()];
    return () => contestant.post(`/concerts/seats/${seatId}/book`, user);
  };
};

/** Nine of ten requests read the seats of a schedule of 500, one books. */
const mostlyReads: Steady = async (contestant, count) => {
  const { scheduleId } = await contestant.hall(READ_SEATS);
  const book = await differentSeats(contestant, count);
  let next = 0;
  return () => {
    const user = next++;
    if (user % 10 >= READ_SHARE * 10) return book();
    return () => contestant.get(`/concerts/schedules/${scheduleId}/seats`, user);
  };
};

/** Each request orders one place of the same area. */
const oneArea: Steady = async (contestant, count) => {
  const { scheduleId, areaId } = await contestant.standing(Math.max(1, count));
  const body = { scheduleId, areas: [{ areaId, quantity: 1 }] };
  let next = 0;
  return () => {
    const user = next++;
    return () => contestant.post('/orders', user, body);
  };
};

export const STEADY = {
  'distinct-seats': differentSeats,
  'hot-seats': hotSeats,
  reads: mostlyReads,
  'one-area': oneArea,
} satisfies Record<string, Steady>;

export interface SteadyTimes {
  /** The duration of each trial, in s. */
  stepSeconds: number;
  /** The duration of the load at 70 % of the highest rate, in s. */
  holdSeconds: number;
  /** The number of bisections between the highest sustained rate and the lowest rate that was not sustained. */
  refinements: number;
  /** How long to wait for responses after the last request, in ms. */
  timeoutMs: number;
}

const BURST = 300;
const RATE_MIN = 50;
const RATE_MAX = 20_000;
const SUSTAINED_SHARE = 0.98;
const SUSTAINED_P95_MS = 1000;
const MEASURED_SHARE = 0.7;

/** Finds the highest rate that the system sustains, then measures at 70 % of it. */
export async function steady(
  contestant: Contestant,
  kind: keyof typeof STEADY,
  { stepSeconds, holdSeconds, refinements, timeoutMs }: SteadyTimes,
  begin: Begin,
): Promise<Outcome> {
  const run = async (rate: number, seconds: number) => {
    const next = await STEADY[kind](contestant, Math.round(rate * seconds));
    await settle(contestant);
    await begin();
    return atRate({ rate, seconds, timeoutMs }, next);
  };
  const next = await STEADY[kind](contestant, BURST);
  const burst = await atOnce(Array.from({ length: BURST }, next));
  const first = ((BURST / burst.wallMs) * 1000) / 2;
  const sustains = async (rate: number) =>
    isSustained(await run(rate, stepSeconds), rate, stepSeconds);
  const highest = await highestSustained(sustains, { first, refinements });
  const loaded = await run(Math.max(highest * MEASURED_SHARE, RATE_MIN), holdSeconds);
  const wrong = (await doubles(contestant)) + (await miscounted(contestant));
  return { ...toOutcome(loaded, wrong), perSecond: highest };
}

/**
 * Doubles or halves the rate until one is sustained and one is not, then bisects the interval.
 * @param first the first rate to try, per second
 * @returns the highest rate that was sustained; 0 if none was
 */
export async function highestSustained(
  sustains: (rate: number) => Promise<boolean>,
  { first, refinements }: { first: number; refinements: number },
): Promise<number> {
  let sustained = 0;
  let failed = Number.POSITIVE_INFINITY;
  let rate = Math.min(RATE_MAX, Math.max(RATE_MIN, first));
  while (sustained === 0 || failed === Number.POSITIVE_INFINITY) {
    if (await sustains(rate)) sustained = rate;
    else failed = rate;
    if (sustained >= RATE_MAX || failed <= RATE_MIN) return sustained;
    rate = sustained === 0 ? Math.max(RATE_MIN, failed / 2) : Math.min(RATE_MAX, sustained * 2);
  }
  for (let refinement = 0; refinement < refinements; refinement += 1) {
    const middle = Math.sqrt(sustained * failed);
    if (await sustains(middle)) sustained = middle;
    else failed = middle;
  }
  return sustained;
}

function isSustained({ wallMs, responses }: Loaded, rate: number, seconds: number): boolean {
  const answered = responses.filter(({ status }) => status > 0 && status < 500).length;
  const sorted = responses.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const isQuick = percentile(sorted, 0.95) < SUSTAINED_P95_MS;
  const isInTime =
    (answered / wallMs) * 1000 > 0.9 * rate && wallMs < seconds * 1000 + SUSTAINED_P95_MS;
  return answered >= SUSTAINED_SHARE * responses.length && isQuick && isInTime;
}
