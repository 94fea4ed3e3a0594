/** Releasing seats whose hold has expired. */
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import { expireHolds } from '../../../../workers/timers/expire-holds.ts';
import { effects } from '../../../support/effects.ts';
import { endHolds } from '../../../support/end-holds.ts';
import { BOOKINGS, ordersOf } from '../../../support/orders.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../support/services/test-lane.ts';

let lane: TestLane;
let seatIds: number[];
let ada: Buyer;
beforeAll(async () => {
  lane = await openTestLane();
  ({ seatIds } = await lane.schedule());
  ada = await lane.buyer('ada');
});
afterAll(() => lane.stop());

const holdOne = () => lane.hold(ada, seatIds.shift() as number);

const states = (bookingId: number) =>
  lane.rows(
    `select booking.state as booking, seat.state as seat, seat.held_until
     from ${BOOKINGS} join seat on seat.id = seat_id where booking.id = ${bookingId}`,
  );

test('a hold past its grace period ends, and the seat can be booked again', async () => {
  const booking = await holdOne();
  await lane.expireHold(booking);
  expect(await expireHolds(lane.orm)).toBe(1);
  expect(await states(booking.id)).toEqual([
    { booking: 'expired', seat: 'available', held_until: null },
  ]);
  expect(await lane.hold(ada, booking.seatId)).toMatchObject({ state: 'held' });
});

test('a hold that has not expired, or is in its grace period, is kept', async () => {
  await holdOne();
  await lane.expireHold(await holdOne(), { isInGrace: true });
  const before = await effects(lane.rows);
  expect(await expireHolds(lane.orm)).toBe(0);
  expect(await effects(lane.rows)).toEqual(before);
});

test('a sold seat stays sold', async () => {
  const bea = await lane.buyer('bea');
  await lane.points('bea', 100);
  const booking = await lane.hold(bea, seatIds.shift() as number);
  const input = { bookingId: booking.id };
  await lane.result(lane.command('pay-booking', { ...bea, input }));
  await endHolds(lane.rows, `id = ${booking.orderId}`, { holdEnd: `now() - interval '1 day'` });
  expect(await expireHolds(lane.orm)).toBe(0);
  expect(await states(booking.id)).toMatchObject([{ booking: 'paid', seat: 'sold' }]);
});

test('two runs, or four concurrent ones, release each seat once', async () => {
  const bookings = [await holdOne(), await holdOne(), await holdOne()];
  for (const booking of bookings) await lane.expireHold(booking);
  const released = await Promise.all([1, 2, 3, 4].map(() => expireHolds(lane.orm)));
  expect(released.reduce((sum, each) => sum + each)).toBe(3);
  expect(await expireHolds(lane.orm)).toBe(0);
});

test('a seat locked by a batch is skipped, and released by the next run', async () => {
  const booking = await holdOne();
  await lane.expireHold(booking);
  const free = await lane.lock(`select 1 from seat where id = ${booking.seatId} for update`);
  expect(await expireHolds(lane.orm)).toBe(0);
  await free();
  expect(await expireHolds(lane.orm)).toBe(1);
});

/** An expired order whose rows contradict each other, so that it cannot be ended. */
async function faultyOrder() {
  const areas = [{ name: 'Floor', capacity: 4, price: 50 }];
  const { id: scheduleId, areaIds } = await lane.schedule({ areas });
  const areaId = areaIds[0] as number;
  const bea = await lane.buyer('bea');
  const wanted = { areas: [{ areaId, quantity: 1 }] };
  const { id } = await lane.result<Order>(ordersOf(lane, scheduleId).placeIn(bea, wanted));
  await lane.expireHold({ orderId: id });
  await lane.rows(`update area set held = 0 where id = ${areaId}`);
  return { id, mend: () => lane.rows(`update area set held = 1 where id = ${areaId}`) };
}

test('an order that cannot be ended is logged, and the others end', async () => {
  const order = await faultyOrder();
  const bookings = [await holdOne(), await holdOne()];
  for (const booking of bookings) await lane.expireHold(booking);
  const lines: object[] = [];
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  await expect(expireHolds(lane.orm, { log })).rejects.toThrow('area');
  expect(lines).toMatchObject([{ orderId: order.id }]);
  for (const { id } of bookings) expect(await states(id)).toMatchObject([{ booking: 'expired' }]);
  const [kept] = await lane.rows(`select state from app_order where id = ${order.id}`);
  expect(kept).toEqual({ state: 'held' });
  await order.mend();
  expect(await expireHolds(lane.orm, { log })).toBe(1);
  expect(lines).toHaveLength(1);
});

test('an order that cannot be ended, and takes the time of a run, keeps none behind it', async () => {
  const order = await faultyOrder();
  const booking = await holdOne();
  await lane.expireHold(booking);
  const run = () => expireHolds(lane.orm, { runMsMax: 0 });
  await expect(run()).rejects.toThrow('area');
  expect(await run()).toBe(1);
  expect(await states(booking.id)).toMatchObject([{ booking: 'expired' }]);
  await order.mend();
  expect(await expireHolds(lane.orm)).toBe(1);
});
