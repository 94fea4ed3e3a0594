/** What the contestants are asked to do, and whether they did it right. */
import type { LoadAnswer } from '../http-client.ts';
import { type Contestant, USERS, untilAdmitted } from './contestants.ts';
import { type Hall, PRICE } from './database.ts';
import { type Latencies, latenciesOf } from './figures.ts';
import { atOnce, byPeople, type Loaded } from './load.ts';

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

export function toOutcome({ wallMs, answers }: Loaded, wrong: number): Outcome {
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
export async function doubles({ query }: Contestant): Promise<number> {
  const [row] = await query<{ seats: number }>(
    `select count(*)::int as seats from (select from booking where state in ('held', 'paid')
     group by seat_id having count(*) > 1) doubled`,
  );
  return row?.seats ?? 0;
}

/** What making seats has left to do is done before, and not while somebody is measured. */
export async function rest({ query }: Contestant): Promise<void> {
  await query('vacuum analyze seat');
  await query('checkpoint');
}

const PEOPLE = 64;
const JOURNEY_SEATS = 500;

/** Whole journeys: enter, status, seats, book, charge, pay; by 64 people at a time. */
export async function journeys(contestant: Contestant, seconds: number): Promise<Outcome> {
  const steps: Record<string, number[]> = {};
  const takeSeat = await seatBySeat(contestant);
  let users = 0;
  let failures = 0;
  const noteStep = (name: string, ms: number) => {
    const known = steps[name];
    if (known) known.push(ms);
    else steps[name] = [ms];
  };
  const step = async (name: string, send: () => Promise<LoadAnswer>): Promise<any> => {
    const answer = await send();
    noteStep(name, answer.ms);
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
    noteStep('status', performance.now() - started);
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

/**
 * Who is through the queue, and has points, books and pays: by 64 people at a time.
 * @param count of users, each of whom buys once; USERS at most
 */
export async function purchases(contestant: Contestant, count: number): Promise<Outcome> {
  const { seatIds } = await contestant.hall(count);
  const users = seatIds.map((_, user) => user);
  await eachOf(users, async (user) => {
    await contestant.post('/users/queue', user);
    await untilAdmitted(contestant, user);
    await contestant.post('/points/charge', user, { amount: PRICE });
  });
  await rest(contestant);
  const answers: LoadAnswer[] = [];
  const started = performance.now();
  await eachOf(users, async (user) => {
    const begun = performance.now();
    const booked = await contestant.post(`/concerts/seats/${seatIds[user]}/book`, user);
    const body = JSON.parse(booked.text);
    const { id } = body.result ?? body;
    const paid = await contestant.post(`/concerts/bookings/${id}/pay`, user);
    answers.push({ ...paid, ms: performance.now() - begun });
  });
  const wallMs = performance.now() - started;
  const failures = answers.filter((answer) => !isSuccess(answer)).length;
  return toOutcome({ wallMs, answers }, failures + (await doubles(contestant)));
}

/** So many people take one item after another. */
async function eachOf<Item>(items: readonly Item[], act: (item: Item) => Promise<void>) {
  const left = items.toReversed();
  const work = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await act(item);
  };
  await Promise.all(Array.from({ length: PEOPLE }, work));
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
