/** Cancelling a booking, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let seatIds: number[];
beforeAll(async () => {
  lane = await openTestLane();
  ({ seatIds } = await lane.schedule());
});
afterAll(() => lane.stop());

const cancel = (subject: string, bookingId: number) =>
  lane.command('cancel-booking', { subject, input: { bookingId } });

async function aHold(subject: string) {
  const buyer = await lane.buyer(subject);
  return { buyer, booking: await lane.hold(buyer, seatIds.shift() as number) };
}

async function paid(subject: string): Promise<number> {
  const { buyer, booking } = await aHold(subject);
  await lane.points(subject, 100);
  await lane.result(lane.command('pay-booking', { ...buyer, input: { bookingId: booking.id } }));
  return booking.id;
}

test('succeeds: a hold is cancelled and its seat free', async () => {
  const { booking } = await aHold('ada');
  expect(await lane.result(cancel('ada', booking.id))).toMatchObject({ state: 'cancelled' });
  const seat = await lane.rows(`select state, held_until from seat where id = ${booking.seatId}`);
  expect(seat).toEqual([{ state: 'available', held_until: null }]);
});

test('a seat that is cancelled and booked in one batch belongs to the new user', async () => {
  const { booking } = await aHold('bea');
  const cleo: Buyer = await lane.buyer('cleo');
  const input = { seatIds: [booking.seatId] };
  const [first, second] = await lane.run(
    cancel('bea', booking.id),
    lane.command('book-seats', { ...cleo, input }),
  );
  expect([first?.outcome.state, second?.outcome.state]).toEqual(['succeeded', 'succeeded']);
});

test('refuses a missing booking and another user’s booking', async () => {
  const { booking } = await aHold('dora');
  await expectRefusal(lane, cancel('dora', 999_999), { code: 'BOOKING_NOT_FOUND' });
  await expectRefusal(lane, cancel('eva', booking.id), { code: 'NOT_BOOKING_OWNER' });
});

test('refuses a cancelled booking and an expired hold', async () => {
  const { booking } = await aHold('fay');
  await lane.expireHold(booking, { isInGrace: true });
  await expectRefusal(lane, cancel('fay', booking.id), { code: 'HOLD_EXPIRED' });
  const id = await paid('gina');
  await lane.result(cancel('gina', id));
  await expectRefusal(lane, cancel('gina', id), { code: 'BOOKING_CANCELLED' });
});

test('refuses a paid booking shortly before the start', async () => {
  const id = await paid('hana');
  await lane.rows(`update schedule set start_at = now() + interval '23 hours',
    booking_end_at = now() + interval '22 hours'`);
  await expectRefusal(lane, cancel('hana', id), { code: 'CANCELLATION_CLOSED' });
  await lane.rows(`update schedule set start_at = now() + interval '40 hours'`);
});

test('runs twice with one effect', async () =>
  expectOneEffect(lane, cancel('ida', await paid('ida'))));

test('leaves nothing behind when a statement fails midway', async () =>
  expectNothingBehind(lane, cancel('jana', await paid('jana')), 'insert on point_history'));
