/** A payment that was accepted in time against a new booking of the same seat, in both orders. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Booking } from '../../../src/commands/schemas/resources.ts';
import { expireHolds } from '../../../workers/timers/expire-holds.ts';
import { BOOKINGS } from '../../support/orders.ts';
import {
  type Buyer,
  inLane,
  openTestLane,
  runToTheEnd,
  type TestLane,
  takeLane,
} from '../../support/services/test-lane.ts';

let lane: TestLane;
let seatIds: number[];
let bea: Buyer;
beforeAll(async () => {
  lane = await openTestLane();
  ({ seatIds } = await lane.schedule());
  bea = await lane.buyer('bea');
});
afterAll(() => lane.stop());

/** A held seat whose hold and grace ran out a second ago, and a payment accepted before that. */
async function aPaymentOnItsWay(subject: string) {
  const buyer = await lane.buyer(subject);
  await lane.points(subject, 100);
  const booking = await lane.hold(buyer, seatIds.shift() as number);
  await lane.expireHold(booking);
  // The place was admitted before the hold, and so before the payment that is moved back in time.
  await lane.rows(`update queue_entry set admitted_at = admitted_at - interval '1 minute',
    entered_at = entered_at - interval '1 minute' where id = ${buyer.entryId}`);
  const acceptedAt = Date.now() - 15_000;
  const input = { bookingId: booking.id };
  return { booking, pay: lane.command('pay-booking', { ...buyer, input, acceptedAt }) };
}

const bookNow = (seatId: number) => lane.command('book-seat', { ...bea, input: { seatId } });

async function stateOf({ seatId }: Booking) {
  const [seat] = await lane.rows<{ state: string }>(`select state from seat where id = ${seatId}`);
  const bookings = await lane.rows<{ booking: string }>(
    `select subject || ' ' || state as booking from ${BOOKINGS}
     join app_user on app_user.id = user_id where seat_id = ${seatId} order by booking.id`,
  );
  return { seat: seat?.state, bookings: bookings.map(({ booking }) => booking) };
}

test('the payment comes first: it takes the seat, and the new booking is refused', async () => {
  const { booking, pay } = await aPaymentOnItsWay('ada');
  expect(await lane.outcome(pay)).toMatchObject({ state: 'succeeded' });
  expect(await lane.outcome(bookNow(booking.seatId))).toMatchObject({
    problem: { code: 'SEAT_ALREADY_SOLD' },
  });
  expect(await stateOf(booking)).toEqual({ seat: 'sold', bookings: ['ada paid'] });
});

test('the new booking comes first: it takes the seat, and the payment is refused', async () => {
  const { booking, pay } = await aPaymentOnItsWay('cleo');
  expect(await lane.outcome(bookNow(booking.seatId))).toMatchObject({ state: 'succeeded' });
  expect(await lane.outcome(pay)).toMatchObject({ problem: { code: 'HOLD_EXPIRED' } });
  expect(await stateOf(booking)).toEqual({ seat: 'held', bookings: ['cleo expired', 'bea held'] });
});

test('both come in one batch: the order of the batch decides', async () => {
  const one = await aPaymentOnItsWay('dora');
  const [, refused] = await lane.run(one.pay, bookNow(one.booking.seatId));
  expect(refused?.outcome).toMatchObject({ problem: { code: 'SEAT_ALREADY_SOLD' } });
  expect(await stateOf(one.booking)).toEqual({ seat: 'sold', bookings: ['dora paid'] });

  const other = await aPaymentOnItsWay('eva');
  const [, late] = await lane.run(bookNow(other.booking.seatId), other.pay);
  expect(late?.outcome).toMatchObject({ problem: { code: 'HOLD_EXPIRED' } });
  const bookings = ['eva expired', 'bea held'];
  expect(await stateOf(other.booking)).toEqual({ seat: 'held', bookings });
});

test('the timer released the seat first: the payment is refused and takes no points', async () => {
  const { booking, pay } = await aPaymentOnItsWay('fay');
  expect(await expireHolds(lane.orm)).toBeGreaterThan(0);
  expect(await lane.outcome(pay)).toMatchObject({ problem: { code: 'HOLD_EXPIRED' } });
  expect(await stateOf(booking)).toEqual({ seat: 'available', bookings: ['fay expired'] });
});

test('both come at the same time in two lanes: exactly one of them gets the seat', async () => {
  const other = await takeLane(lane.orm, 'seat-0');
  for (const subject of ['gina', 'hana', 'ida', 'jana', 'kim']) {
    const { booking, pay } = await aPaymentOnItsWay(subject);
    const command = bookNow(booking.seatId);
    const [paid, held] = await Promise.all([
      lane.run(pay),
      runToTheEnd(lane.deps, other, [inLane(command, other)]),
    ]);
    const states = [paid[0]?.outcome.state, held[0]?.outcome.state];
    expect(states.toSorted()).toEqual(['rejected', 'succeeded']);
    const { bookings } = await stateOf(booking);
    const live = bookings.filter((text) => !text.endsWith('expired'));
    expect(live).toEqual([states[0] === 'succeeded' ? `${subject} paid` : 'bea held']);
  }
});
