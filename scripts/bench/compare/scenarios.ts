/** What the contestants are asked to do, and whether they did it right. */
import type { LoadAnswer } from '../http-client.ts';
import { type Contestant, USERS, untilAdmitted } from './contestants.ts';
import { type Hall, PRICE } from './database.ts';
import { type Latencies, latenciesOf, percentile, zipf } from './figures.ts';
import { atOnce, atRate, byPeople, type Loaded } from './load.ts';

export interface Outcome extends Latencies {
  wallMs: number;
  perSecond: number;
  successes: number;
  /** Against what the database says: seats with two holders, points that are not the sum, answers not true. */
  wrong: number;
  /** Of each kind of request in a journey, in ms. */
  stepsP95Ms?: Record<string, number>;
}

const isSuccess = ({ status }: LoadAnswer) => status === 200;

function toOutcome({ wallMs, answers }: Loaded, wrong: number): Outcome {
  const successes = answers.filter(isSuccess).length;
  const perSecond = (answers.length / wallMs) * 1000;
  return { wallMs, perSecond, successes, wrong, ...latenciesOf(answers.map(({ ms }) => ms)) };
}

/** `count` users want the same seat at once. */
export async function oneSeat(contestant: Contestant, count: number): Promise<Outcome> {
  const { seatIds } = await contestant.hall(1);
  const path = `/concerts/seats/${seatIds[0]}/book`;
  const requests = Array.from({ length: count }, (_, user) => () => contestant.post(path, user));
  const loaded = await atOnce(requests);
  const [row] = await contestant.query<{ live: number }>(
    `select count(*)::int as live from booking where seat_id = ${seatIds[0]} and state in ('held', 'paid')`,
  );
  const live = row?.live ?? 0;
  const successes = loaded.answers.filter(isSuccess).length;
  const isFloor = contestant.name === 'floor';
  const wrong = Math.max(0, live - 1) + (isFloor ? 0 : Math.abs(live - successes));
  return toOutcome(loaded, wrong);
}

let chargers = 0;

/** One user charges `count` times at once. */
export async function oneUser(contestant: Contestant, count: number): Promise<Outcome> {
  const amount = 7;
  const user = chargers++ % USERS;
  const before = await balanceOf(contestant, user);
  const charge = () => contestant.post('/points/charge', user, { amount });
  const loaded = await atOnce(Array.from({ length: count }, () => charge));
  const successes = loaded.answers.filter(isSuccess).length;
  const moved = (await balanceOf(contestant, user)) - before;
  const isFloor = contestant.name === 'floor';
  return toOutcome(loaded, isFloor || moved === successes * amount ? 0 : 1);
}

async function balanceOf({ query }: Contestant, user: number): Promise<number> {
  const [row] = await query<{ balance: number }>(
    `select balance::float8 as balance from points join app_user on id = user_id
     where subject = 'buyer ${user}'`,
  );
  return row?.balance ?? 0;
}

const LONE = 200;

/** One booking after another: what a single request takes. */
export async function lone(contestant: Contestant): Promise<Outcome> {
  const { seatIds } = await contestant.hall(LONE);
  const answers: LoadAnswer[] = [];
  const started = performance.now();
  for (const [user, seatId] of seatIds.entries()) {
    answers.push(await contestant.post(`/concerts/seats/${seatId}/book`, user));
  }
  return toOutcome({ wallMs: performance.now() - started, answers }, await doubles(contestant));
}

/** Seats with two live bookings: never, whatever happened. */
async function doubles({ query }: Contestant): Promise<number> {
  const [row] = await query<{ seats: number }>(
    `select count(*)::int as seats from (select from booking where state in ('held', 'paid')
     group by seat_id having count(*) > 1) doubled`,
  );
  return row?.seats ?? 0;
}

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
  /** By how much the rate is raised each time. */
  factor: number;
  /** How long each rate is tried, in s. */
  stepSeconds: number;
  /** How long the rate at 70 % of the highest runs, in s. */
  holdSeconds: number;
}

const RATE_FIRST = 150;
const RATE_MAX = 20_000;
const KEPT_SHARE = 0.98;
const KEPT_P95_MS = 1000;
const COMFORT = 0.7;

/** Raises the rate until the system no longer keeps up; then stays at 70 % of the highest that it kept. */
export async function steady(
  contestant: Contestant,
  kind: keyof typeof STEADY,
  { factor, stepSeconds, holdSeconds }: SteadyTimes,
): Promise<Outcome> {
  const run = async (rate: number, seconds: number) => {
    const next = await STEADY[kind](contestant, Math.round(rate * seconds));
    await rest(contestant);
    return atRate(rate, seconds, next);
  };
  let highest = 0;
  for (let rate = RATE_FIRST; rate < RATE_MAX; rate *= factor) {
    if (!isKept(await run(rate, stepSeconds), rate, stepSeconds)) break;
    highest = rate;
  }
  const loaded = await run(Math.max(highest * COMFORT, RATE_FIRST / 2), holdSeconds);
  return { ...toOutcome(loaded, await doubles(contestant)), perSecond: highest };
}

/** What making seats has left to do is done before, and not while somebody is measured. */
async function rest({ query }: Contestant): Promise<void> {
  await query('vacuum analyze seat');
  await query('checkpoint');
}

function isKept({ wallMs, answers }: Loaded, rate: number, seconds: number): boolean {
  const answered = answers.filter(({ status }) => status > 0 && status < 500).length;
  const sorted = answers.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const isQuick = percentile(sorted, 0.95) < KEPT_P95_MS;
  const isInTime = (answered / wallMs) * 1000 > 0.9 * rate && wallMs < seconds * 1000 + KEPT_P95_MS;
  return answered >= KEPT_SHARE * answers.length && isQuick && isInTime;
}

const PEOPLE = 64;
const JOURNEY_SEATS = 500;

/** Whole journeys: enter, status, seats, book, charge, pay; by 64 people at a time. */
export async function journeys(contestant: Contestant, seconds: number): Promise<Outcome> {
  const steps: Record<string, number[]> = {};
  const takeSeat = await seatBySeat(contestant);
  let users = 0;
  let failures = 0;
  const step = async (name: string, send: () => Promise<LoadAnswer>): Promise<any> => {
    const answer = await send();
    const known = steps[name] ?? [];
    steps[name] = known;
    known.push(answer.ms);
    if (!isSuccess(answer)) failures += 1;
    return name === 'seats' ? undefined : JSON.parse(answer.text);
  };
  await rest(contestant);
  const { wallMs, ms } = await byPeople(PEOPLE, seconds, async () => {
    const user = users++ % USERS;
    const { scheduleId, seatId } = await takeSeat();
    await step('enter', () => contestant.post('/users/queue', user));
    const started = performance.now();
    await untilAdmitted(contestant, user);
    steps.status = [...(steps.status ?? []), performance.now() - started];
    await step('seats', () => contestant.get(`/concerts/schedules/${scheduleId}/seats`, user));
    const booked = await step('book', () =>
      contestant.post(`/concerts/seats/${seatId}/book`, user),
    );
    const { id } = booked.result ?? booked;
    await step('charge', () => contestant.post('/points/charge', user, { amount: PRICE }));
    await step('pay', () => contestant.post(`/concerts/bookings/${id}/pay`, user));
  });
  const perSecond = (ms.length / wallMs) * 1000;
  const latencies = latenciesOf(ms);
  const wrong = failures + (await doubles(contestant));
  const stepsP95Ms = Object.fromEntries(
    Object.entries(steps).map(([name, each]) => [name, latenciesOf(each).p95Ms]),
  );
  return { wallMs, perSecond, successes: ms.length, wrong, ...latencies, stepsP95Ms };
}

/** One seat after another, of one hall of 500 after another; the next hall is made before it is needed. */
async function seatBySeat(contestant: Contestant) {
  let hall: Hall = await contestant.hall(JOURNEY_SEATS);
  let next: Promise<Hall> = contestant.hall(JOURNEY_SEATS);
  let taken = 0;
  return async () => {
    while (taken >= JOURNEY_SEATS) {
      const fresh = await next;
      if (taken < JOURNEY_SEATS) break;
      hall = fresh;
      taken = 0;
      next = contestant.hall(JOURNEY_SEATS);
    }
    return { scheduleId: hall.scheduleId, seatId: hall.seatIds[taken++] as number };
  };
}
