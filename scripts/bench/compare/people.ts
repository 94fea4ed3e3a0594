/** Loads by concurrent users: whole journeys, and purchases. */
import type { LoadResponse } from '../http-client.ts';
import { type Contestant, enter, untilAdmitted } from './contestants.ts';
import { type Hall, PRICE } from './database.ts';
import { latenciesOf } from './figures.ts';
import { byPeople } from './load.ts';
import { type Begin, doubles, isSuccess, type Outcome, settle, toOutcome } from './scenarios.ts';

const JOURNEY_SEATS = 500;

/** Whole journeys by `people` concurrent users: enter, status, seats, book, charge, pay. */
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
  const step = async (name: string, send: () => Promise<LoadResponse>): Promise<any> => {
    const response = await send();
    noteStep(name, response.ms);
    if (!isSuccess(response)) failures += 1;
    return name === 'seats' ? undefined : JSON.parse(response.text);
  };
  await settle(contestant);
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
  const stepsP95Ms = Object.fromEntries(
    Object.entries(steps).map(([name, each]) => [name, latenciesOf(each).p95Ms]),
  );
  return { ...ofActs({ wallMs, ms }, failures + (await doubles(contestant))), stepsP95Ms };
}

function ofActs({ wallMs, ms }: { wallMs: number; ms: number[] }, wrong: number): Outcome {
  const n = ms.length;
  return { n, wallMs, perSecond: (n / wallMs) * 1000, successes: n, wrong, ...latenciesOf(ms) };
}

/** The number of commands and reads of a journey, with one poll. */
const REQUESTS_OF_JOURNEY = 6;

/**
 * As many requests in turn as a journey has, which do nothing but check the access token: a list for operators refuses buyers. What they
 * cost is the floor of a journey over HTTP.
 */
export async function emptyRequests(
  contestant: Contestant,
  { people, seconds }: { people: number; seconds: number },
  begin: Begin,
): Promise<Outcome> {
  let users = 0;
  let failures = 0;
  await begin();
  const acted = await byPeople(people, seconds, async () => {
    const user = users++ % contestant.users;
    for (let sent = 0; sent < REQUESTS_OF_JOURNEY; sent += 1) {
      const { status } = await contestant.get('/admin/log', user);
      if (status !== 403) failures += 1;
    }
  });
  return ofActs(acted, failures);
}

/**
 * Purchases by `people` concurrent users who are admitted and have points: each books and pays.
 * @param count the number of users, each of whom buys once; at most the number of users of the contestant
 */
export async function purchases(
  contestant: Contestant,
  { people, count }: { people: number; count: number },
  begin: Begin,
): Promise<Outcome> {
  const { seatIds } = await contestant.hall(count);
  return buyAll(contestant, { people, count, price: PRICE }, begin, async (user) => {
    const booked = await contestant.post(`/concerts/seats/${seatIds[user]}/book`, user);
    const body = JSON.parse(booked.text);
    const { id } = body.result ?? body;
    return contestant.post(`/concerts/bookings/${id}/pay`, user);
  });
}

/**
 * Purchases as `purchases` makes them, but each is one order of several seats.
 * @param places the number of seats in an order
 */
export async function orders(
  contestant: Contestant,
  { people, count, places }: { people: number; count: number; places: number },
  begin: Begin,
): Promise<Outcome> {
  const { scheduleId, seatIds } = await contestant.hall(count * places);
  return buyAll(contestant, { people, count, price: PRICE * places }, begin, async (user) => {
    const seats = seatIds.slice(user * places, (user + 1) * places);
    const placed = await contestant.post('/orders', user, { scheduleId, seatIds: seats });
    const { id } = JSON.parse(placed.text).result;
    return contestant.post(`/orders/${id}/pay`, user);
  });
}

/**
 * Purchases by all users.
 * @param price the points that each has before, if any
 * @param buy a user's purchase; returns the answer to the payment
 */
export async function buyAll(
  contestant: Contestant,
  { people, count, price }: { people: number; count: number; price: number },
  begin: Begin,
  buy: (user: number) => Promise<LoadResponse>,
): Promise<Outcome> {
  await eachOf([...Array(count).keys()], people, async (user) => {
    await enter(contestant, user);
    if (price > 0) await contestant.post('/points/charge', user, { amount: price });
  });
  return eachOnce(contestant, { people, count }, begin, buy);
}

/**
 * Lets each of `count` users act once, `people` of them at a time.
 * @param act a user's act; returns the last answer
 */
export async function eachOnce(
  contestant: Contestant,
  { people, count }: { people: number; count: number },
  begin: Begin,
  act: (user: number) => Promise<LoadResponse>,
): Promise<Outcome> {
  await settle(contestant);
  await begin();
  const responses: LoadResponse[] = [];
  const started = performance.now();
  await eachOf([...Array(count).keys()], people, async (user) => {
    const begun = performance.now();
    const answer = await act(user);
    responses.push({ ...answer, ms: performance.now() - begun });
  });
  const wallMs = performance.now() - started;
  const failures = responses.filter((response) => !isSuccess(response)).length;
  return toOutcome({ wallMs, responses }, failures + (await doubles(contestant)));
}

/** Processes the items with `people` concurrent workers. */
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

/** Returns seats one by one, from halls of 500 seats. The next hall is created before it is needed. */
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
