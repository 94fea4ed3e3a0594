/** Steady loads by the clock: the highest rate that a system keeps, and how it answers at 70 % of that. */
import type { LoadAnswer } from '../http-client.ts';
import type { Contestant } from './contestants.ts';
import { percentile, zipf } from './figures.ts';
import { atOnce, atRate, type Loaded } from './load.ts';
import { type Begin, doubles, type Outcome, rest, toOutcome } from './scenarios.ts';

/** Makes what the requests need. @param count how many there will be */
type Steady = (contestant: Contestant, count: number) => Promise<() => () => Promise<LoadAnswer>>;

const HOT_SEATS = 2000;
const ZIPF_EXPONENT = 1.1;
const READ_SHARE = 0.9;
const READ_SEATS = 500;

/** Each booking wants another seat. */
const differentSeats: Steady = async (contestant, count) => {
  const { seatIds } = await contestant.hall(count);
  let next = 0;
  return () => {
    const user = next++;
    const seatId = seatIds[user];
    return () => contestant.post(`/concerts/seats/${seatId}/book`, user);
  };
};

/** Some seats are wanted by very many (Zipf's law). */
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

/** Nine of ten look at the seats of a schedule of 500, one books. */
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

export const STEADY = {
  'distinct-seats': differentSeats,
  'hot-seats': hotSeats,
  reads: mostlyReads,
} satisfies Record<string, Steady>;

export interface SteadyTimes {
  /** How long each rate is tried, in s. */
  stepSeconds: number;
  /** How long the rate at 70 % of the highest runs, in s. */
  holdSeconds: number;
  /** How often the gap between the highest rate that was kept and the lowest that was not is halved. */
  refinements: number;
  /** How long answers are waited for after the last request, in ms. */
  patienceMs: number;
}

const BURST = 300;
const RATE_MIN = 50;
const RATE_MAX = 20_000;
const KEPT_SHARE = 0.98;
const KEPT_P95_MS = 1000;
const COMFORT = 0.7;

/** Looks for the highest rate that the system keeps; then stays at 70 % of it. */
export async function steady(
  contestant: Contestant,
  kind: keyof typeof STEADY,
  { stepSeconds, holdSeconds, refinements, patienceMs }: SteadyTimes,
  begin: Begin,
): Promise<Outcome> {
  const run = async (rate: number, seconds: number) => {
    const next = await STEADY[kind](contestant, Math.round(rate * seconds));
    await rest(contestant);
    await begin();
    return atRate({ rate, seconds, patienceMs }, next);
  };
  const next = await STEADY[kind](contestant, BURST);
  const burst = await atOnce(Array.from({ length: BURST }, next));
  const first = ((BURST / burst.wallMs) * 1000) / 2;
  const keeps = async (rate: number) => isKept(await run(rate, stepSeconds), rate, stepSeconds);
  const highest = await highestKept(keeps, { first, refinements });
  const loaded = await run(Math.max(highest * COMFORT, RATE_MIN), holdSeconds);
  return { ...toOutcome(loaded, await doubles(contestant)), perSecond: highest };
}

/**
 * Doubles or halves a rate until it is between one that is kept and one that is not, then narrows the two down.
 * @param first the rate to begin with, a second
 * @returns the highest that was seen to be kept; 0 where none was
 */
export async function highestKept(
  keeps: (rate: number) => Promise<boolean>,
  { first, refinements }: { first: number; refinements: number },
): Promise<number> {
  let kept = 0;
  let failed = Number.POSITIVE_INFINITY;
  let rate = Math.min(RATE_MAX, Math.max(RATE_MIN, first));
  while (kept === 0 || failed === Number.POSITIVE_INFINITY) {
    if (await keeps(rate)) kept = rate;
    else failed = rate;
    if (kept >= RATE_MAX || failed <= RATE_MIN) return kept;
    rate = kept === 0 ? Math.max(RATE_MIN, failed / 2) : Math.min(RATE_MAX, kept * 2);
  }
  for (let refinement = 0; refinement < refinements; refinement += 1) {
    const middle = Math.sqrt(kept * failed);
    if (await keeps(middle)) kept = middle;
    else failed = middle;
  }
  return kept;
}

function isKept({ wallMs, answers }: Loaded, rate: number, seconds: number): boolean {
  const answered = answers.filter(({ status }) => status > 0 && status < 500).length;
  const sorted = answers.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const isQuick = percentile(sorted, 0.95) < KEPT_P95_MS;
  const isInTime = (answered / wallMs) * 1000 > 0.9 * rate && wallMs < seconds * 1000 + KEPT_P95_MS;
  return answered >= KEPT_SHARE * answers.length && isQuick && isInTime;
}
