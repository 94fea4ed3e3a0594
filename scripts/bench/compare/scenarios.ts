/** The scenarios, with a check of the results in the database. */
import type { LoadResponse } from '../http-client.ts';
import { type Contestant, enter } from './contestants.ts';
import { PRICE } from './database.ts';
import { type Latencies, latenciesOf } from './figures.ts';
import { atOnce, type Loaded } from './load.ts';

export interface Outcome extends Latencies {
  /** Requests, purchases or journeys. */
  n: number;
  wallMs: number;
  perSecond: number;
  successes: number;
  /** Errors found in the database: seats with two holders, wrong balances, responses that contradict the database. */
  wrong: number;
  /** By kind of request in a journey, in ms. */
  stepsP95Ms?: Record<string, number>;
  /** What the scenario leaves to do when everything has been measured. */
  cleanUp?: () => Promise<void>;
}

/** Must be called when the preparation is done and the load begins. */
export type Begin = () => Promise<void>;

/** The share of the users for whom an area has places. */
const AREA_SHARE = 0.6;

export const isSuccess = ({ status }: LoadResponse) => status === 200;

export function toOutcome({ wallMs, responses }: Loaded, wrong: number): Outcome {
  const successes = responses.filter(isSuccess).length;
  const perSecond = (responses.length / wallMs) * 1000;
  const latencies = latenciesOf(responses.map(({ ms }) => ms));
  return { n: responses.length, wallMs, perSecond, successes, wrong, ...latencies };
}

/** `count` users book the same seat at the same time. */
export async function oneSeat(
  contestant: Contestant,
  count: number,
  begin: Begin,
): Promise<Outcome> {
  const { seatIds } = await contestant.hall(1);
  const path = `/concerts/seats/${seatIds[0]}/book`;
  const requests = Array.from({ length: count }, (_, user) => () => contestant.post(path, user));
  await begin();
  const loaded = await atOnce(requests);
  const [row] = await contestant.query<{ live: number }>(
    `select count(*)::int as live from booking where seat_id = ${seatIds[0]} and ended_as is null`,
  );
  const live = row?.live ?? 0;
  const successes = loaded.responses.filter(isSuccess).length;
  const isFloor = contestant.name === 'floor';
  const wrong = Math.max(0, live - 1) + (isFloor ? 0 : Math.abs(live - successes));
  return toOutcome(loaded, wrong);
}

/** `count` users want one place each of an area that has fewer, at the same time. */
export async function oneArea(
  contestant: Contestant,
  count: number,
  begin: Begin,
): Promise<Outcome> {
  const capacity = Math.ceil(count * AREA_SHARE);
  const { scheduleId, areaId } = await contestant.standing(capacity);
  const body = { scheduleId, areas: [{ areaId, quantity: 1 }] };
  const requests = Array.from(
    { length: count },
    (_, user) => () => contestant.post('/orders', user, body),
  );
  await begin();
  const loaded = await atOnce(requests);
  const [row] = await contestant.query<{ held: number }>(
    `select held from area where id = ${areaId}`,
  );
  const successes = loaded.responses.filter(isSuccess).length;
  const missing = Math.abs(capacity - (row?.held ?? 0)) + Math.abs(capacity - successes);
  return toOutcome(loaded, missing + (await miscounted(contestant)));
}

/** The number of areas that do not count their bookings, which must be 0. */
export async function miscounted({ query }: Contestant): Promise<number> {
  const [row] = await query<{ areas: number }>(
    `select count(*)::int as areas from area where (held, sold) <> (
       select count(*) filter (where state = 'held'), count(*) filter (where state <> 'held')
       from booking join app_order on app_order.id = order_id where area_id = area.id and ended_as is null)`,
  );
  return row?.areas ?? 0;
}

let chargers = 0;

/** One user sends `count` charges at the same time. */
export async function oneUser(
  contestant: Contestant,
  count: number,
  begin: Begin,
): Promise<Outcome> {
  const amount = 7;
  const user = chargers++ % contestant.users;
  const before = await balanceOf(contestant, user);
  await begin();
  const charge = () => contestant.post('/points/charge', user, { amount });
  const loaded = await atOnce(Array.from({ length: count }, () => charge));
  const successes = loaded.responses.filter(isSuccess).length;
  const moved = (await balanceOf(contestant, user)) - before;
  const isFloor = contestant.name === 'floor';
  return toOutcome(loaded, isFloor || moved === successes * amount ? 0 : 1);
}

/** One user pays for `count` booked seats at the same time. */
export async function oneUserPays(
  contestant: Contestant,
  count: number,
  begin: Begin,
): Promise<Outcome> {
  const user = chargers++ % contestant.users;
  // One seat stays free, because a sold-out queue admits no user.
  const { seatIds } = await contestant.hall(count + 1);
  await contestant.post('/points/charge', user, { amount: count * PRICE });
  const book = (seatId: number) => () => contestant.post(`/concerts/seats/${seatId}/book`, user);
  const booked = await atOnce(seatIds.slice(0, count).map(book));
  const ids = booked.responses.map(({ text }) => {
    const body = JSON.parse(text);
    return (body.result ?? body).id;
  });
  const before = await balanceOf(contestant, user);
  await begin();
  const pay = (id: number) => () => contestant.post(`/concerts/bookings/${id}/pay`, user);
  const loaded = await atOnce(ids.map(pay));
  const successes = loaded.responses.filter(isSuccess).length;
  const moved = before - (await balanceOf(contestant, user));
  if (contestant.name === 'floor') return toOutcome(loaded, 0);
  // The payments have ended the user's session, and later scenarios need all users admitted.
  const cleanUp = () => enter(contestant, user);
  return { ...toOutcome(loaded, moved === successes * PRICE ? 0 : 1), cleanUp };
}

async function balanceOf({ query }: Contestant, user: number): Promise<number> {
  const [row] = await query<{ balance: number }>(
    `select balance::float8 as balance from points join app_user on id = user_id
     where subject = 'buyer ${user}'`,
  );
  return row?.balance ?? 0;
}

const LONE = 200;

/** Bookings one after another: the latency of a single request. */
export async function lone(contestant: Contestant, begin: Begin): Promise<Outcome> {
  const { seatIds } = await contestant.hall(LONE);
  await begin();
  const responses: LoadResponse[] = [];
  const started = performance.now();
  for (const [user, seatId] of seatIds.entries()) {
    responses.push(await contestant.post(`/concerts/seats/${seatId}/book`, user));
  }
  return toOutcome({ wallMs: performance.now() - started, responses }, await doubles(contestant));
}

/** The number of seats with two live bookings, which must be 0. */
export async function doubles({ query }: Contestant): Promise<number> {
  const [row] = await query<{ seats: number }>(
    `select count(*)::int as seats from (select from booking where ended_as is null and seat_id is not null
     group by seat_id having count(*) > 1) doubled`,
  );
  return row?.seats ?? 0;
}

/** Vacuum and checkpoint after creating seats, so that they do not run during a measurement. */
export async function settle({ query }: Contestant): Promise<void> {
  await query('vacuum analyze seat');
  await query('checkpoint');
}
