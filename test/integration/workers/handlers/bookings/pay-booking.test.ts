/** Paying a held booking, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Booking } from '../../../../../src/commands/schemas/resources.ts';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { BOOKINGS } from '../../../../support/orders.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let seatIds: number[];
beforeAll(async () => {
  lane = await openTestLane();
  ({ seatIds } = await lane.schedule());
});
afterAll(() => lane.stop());

const pay = (buyer: Buyer, bookingId: number, more: object = {}) =>
  lane.command('pay-booking', { ...buyer, input: { bookingId }, ...more });

/** A user with a held seat and as many points. */
async function aHold(subject: string, points: number): Promise<{ buyer: Buyer; booking: Booking }> {
  const buyer = await lane.buyer(subject);
  if (points > 0) await lane.points(subject, points);
  return { buyer, booking: await lane.hold(buyer, seatIds.shift() as number) };
}

test('succeeds: points, history, seat, order, payment and queue entry change together', async () => {
  const { buyer, booking } = await aHold('ada', 150);
  const command = pay(buyer, booking.id);
  const payment = await lane.result(command);
  const { seatId } = booking;
  expect(payment).toMatchObject({ bookingId: booking.id, seatId, price: 100, balance: 50 });
  const [found] = await lane.rows(
    `select booking.state as booking, seat.state as seat, payment.price::int, points.balance::int,
       line.amount::int, line.kind, queue_entry.state as place, queue_entry.end_reason
     from ${BOOKINGS} join seat on seat.id = seat_id join payment on booking_id = booking.id
     join points on points.user_id = booking.user_id
     join point_history line on line.job_id = '${command.jobId}'
     join queue_entry on queue_entry.number = ${buyer.entryId} where booking.id = ${booking.id}`,
  );
  expect(found).toEqual({
    booking: 'paid',
    seat: 'sold',
    price: 100,
    balance: 50,
    amount: 100,
    kind: 'use',
    place: 'ended',
    end_reason: 'paid',
  });
});

test('a free seat is paid for without points', async () => {
  const price = 0;
  const free = await lane.schedule({
    seats: [{ section: null, row: null, from: 1, to: 1, price }],
  });
  const buyer = await lane.buyer('bea');
  const booking = await lane.hold(buyer, free.seatIds[0] as number);
  expect(await lane.result(pay(buyer, booking.id))).toMatchObject({ price: 0, balance: 0 });
});

test('refuses a command without an active queue entry', async () => {
  const { buyer, booking } = await aHold('cleo', 100);
  await lane.result(lane.command('leave-queue', { subject: 'cleo' }));
  await expectRefusal(lane, pay(buyer, booking.id), { code: 'QUEUE_TOKEN_INVALID' });
});

test('refuses a missing booking', async () => {
  const buyer = await lane.buyer('dora');
  await expectRefusal(lane, pay(buyer, 999_999), { code: 'BOOKING_NOT_FOUND' });
});

test('refuses another user’s booking', async () => {
  const { booking } = await aHold('eva', 0);
  const thief = await lane.buyer('a thief');
  await expectRefusal(lane, pay(thief, booking.id), { code: 'NOT_BOOKING_OWNER' });
});

test('refuses a booking that is paid, also within one batch', async () => {
  const { buyer, booking } = await aHold('fay', 300);
  const [, second] = await lane.run(pay(buyer, booking.id), pay(buyer, booking.id));
  expect(second?.outcome).toMatchObject({ problem: { code: 'PAYMENT_ALREADY_PROCESSED' } });
  const again = await lane.buyer('fay');
  await expectRefusal(lane, pay(again, booking.id), { code: 'PAYMENT_ALREADY_PROCESSED' });
});

test('refuses a booking that was cancelled', async () => {
  const { buyer, booking } = await aHold('gina', 100);
  const { id } = booking;
  await lane.result(lane.command('cancel-booking', { subject: 'gina', input: { bookingId: id } }));
  await expectRefusal(lane, pay(buyer, id), { code: 'BOOKING_CANCELLED' });
});

test('refuses a command that was accepted after the hold had expired', async () => {
  const { buyer, booking } = await aHold('hana', 100);
  await lane.expireHold(booking, { isInGrace: true });
  await expectRefusal(lane, pay(buyer, booking.id), { code: 'HOLD_EXPIRED' });
});

test('refuses when the points are insufficient, and the seat stays held', async () => {
  const { buyer, booking } = await aHold('ida', 99);
  await expectRefusal(lane, pay(buyer, booking.id), { code: 'INSUFFICIENT_POINTS' });
});

test('two payments in one batch share the balance', async () => {
  const { buyer, booking } = await aHold('jana', 150);
  const other = await lane.hold(buyer, seatIds.shift() as number);
  // Before the first payment ends the token, and not in the same millisecond.
  const accepted = { acceptedAt: Date.now() - 1000 };
  const finished = await lane.run(pay(buyer, booking.id), pay(buyer, other.id, accepted));
  expect(finished.map(({ outcome }) => outcome)).toMatchObject([
    { state: 'succeeded', result: { balance: 50 } },
    { state: 'rejected', problem: { code: 'INSUFFICIENT_POINTS' } },
  ]);
});

test('runs twice with one effect', async () => {
  const { buyer, booking } = await aHold('kim', 300);
  await expectOneEffect(lane, pay(buyer, booking.id));
});

test('leaves nothing behind when a statement fails midway', async () => {
  const { buyer, booking } = await aHold('lena', 300);
  await expectNothingBehind(lane, pay(buyer, booking.id), 'insert on payment');
});
