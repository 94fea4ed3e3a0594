/** What people do one thing after another: whole journeys, and purchases. */
import type { LoadAnswer } from '../http-client.ts';
import { type Contestant, untilAdmitted } from './contestants.ts';
import { type Hall, PRICE } from './database.ts';
import { latenciesOf } from './figures.ts';
import { byPeople } from './load.ts';
import { type Begin, doubles, isSuccess, type Outcome, rest, toOutcome } from './scenarios.ts';

const JOURNEY_SEATS = 500;

/** Whole journeys: enter, status, seats, book, charge, pay; by so many people, one after another each. */
export async function journeys(
  contestant: Contestant,
  { people, seconds }: { people: number; seconds: number },
  begin: Begin,
): Promise<Outcome> {
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
  await begin();
  const { wallMs, ms } = await byPeople(people, seconds, async () => {
    const user = users++ % contestant.users;
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
  const n = ms.length;
  return { n, wallMs, perSecond, successes: n, wrong, ...latencies, stepsP95Ms };
}

/**
 * Who is through the queue, and has points, books and pays: by so many people, one purchase after another each.
 * @param count of users, each of whom buys once; no more than the contestant has
 */
export async function purchases(
  contestant: Contestant,
  { people, count }: { people: number; count: number },
  begin: Begin,
): Promise<Outcome> {
  const { seatIds } = await contestant.hall(count);
  const users = seatIds.map((_, user) => user);
  await eachOf(users, people, async (user) => {
    await contestant.post('/users/queue', user);
    await untilAdmitted(contestant, user);
    await contestant.post('/points/charge', user, { amount: PRICE });
  });
  await rest(contestant);
  await begin();
  const answers: LoadAnswer[] = [];
  const started = performance.now();
  await eachOf(users, people, async (user) => {
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
async function eachOf<Item>(
  items: readonly Item[],
  people: number,
  act: (item: Item) => Promise<void>,
) {
  const left = items.toReversed();
  const work = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await act(item);
  };
  await Promise.all(Array.from({ length: people }, work));
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
