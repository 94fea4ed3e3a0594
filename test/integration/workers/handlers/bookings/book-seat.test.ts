/** Holding a seat, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { inHours } from '../../../../support/http/client.ts';
import { BOOKINGS } from '../../../../support/orders.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let seatIds: number[];
let ada: Buyer;
let bea: Buyer;
beforeAll(async () => {
  lane = await openTestLane();
  ({ seatIds } = await lane.schedule());
  ada = await lane.buyer('ada');
  bea = await lane.buyer('bea');
});
afterAll(() => lane.stop());

const book = (buyer: { subject: string; entryId?: number }, seatId: number, more = {}) =>
  lane.command('book-seat', { ...buyer, input: { seatId }, ...more });

/** A seat that no other test has touched. */
const aSeat = () => seatIds.shift() as number;

test('succeeds: the seat is held for the user until the grace period ends', async () => {
  const seatId = aSeat();
  const booking = await lane.hold(ada, seatId);
  expect(booking).toMatchObject({ seatId, state: 'held', price: 100, section: 'Stalls', row: 'A' });
  const graceEnd = new Date(Date.parse(booking.holdExpiresAt) + lane.deps.settings.holdGraceMs);
  const held = await lane.rows<{ state: string; until: string }>(
    `select state, held_until as until from seat where id = ${seatId}`,
  );
  expect(held.map(({ state, until }) => [state, new Date(until)])).toEqual([['held', graceEnd]]);
  const found = await lane.rows(
    `select subject, state from ${BOOKINGS} join app_user on app_user.id = user_id
     where booking.id = ${booking.id}`,
  );
  expect(found).toEqual([{ subject: 'ada', state: 'held' }]);
});

test('the first of a batch gets the seat and the others are refused', async () => {
  const seatId = aSeat();
  const finished = await lane.run(book(ada, seatId), book(bea, seatId), book(ada, seatId));
  expect(finished.map(({ outcome }) => outcome.state)).toEqual([
    'succeeded',
    'rejected',
    'rejected',
  ]);
});

test('an expired hold ends when the next user books the seat', async () => {
  const seatId = aSeat();
  const old = await lane.hold(ada, seatId);
  await lane.expireHold(old);
  await lane.hold(bea, seatId);
  const bookings = await lane.rows(
    `select state from ${BOOKINGS} where seat_id = ${seatId} order by id`,
  );
  expect(bookings).toEqual([{ state: 'expired' }, { state: 'held' }]);
});

test('a hold in its grace period still prevents other bookings', async () => {
  const seatId = aSeat();
  await lane.expireHold(await lane.hold(ada, seatId), { isInGrace: true });
  await expectRefusal(lane, book(bea, seatId), { code: 'SEAT_ALREADY_HELD', seatId });
});

test.each([
  { whose: 'no place', token: () => ({ subject: 'ada' }) },
  { whose: 'another user’s place', token: () => ({ ...bea, subject: 'ada' }) },
  { whose: 'a place that does not exist', token: () => ({ subject: 'ada', entryId: 9999 }) },
])('refuses a command with $whose', ({ token }) =>
  expectRefusal(lane, book(token(), aSeat()), { code: 'QUEUE_TOKEN_INVALID' }),
);

test('refuses a command that was accepted after the queue entry had expired or ended', async () => {
  const cleo = await lane.buyer('cleo');
  const late = { acceptedAt: Date.now() + 301_000 };
  await expectRefusal(lane, book(cleo, aSeat(), late), { code: 'QUEUE_TOKEN_INVALID' });
  await lane.result(lane.command('leave-queue', { subject: 'cleo' }));
  await expectRefusal(lane, book(cleo, aSeat()), { code: 'QUEUE_TOKEN_INVALID' });
});

test('a command that was accepted before the queue entry ended is applied', async () => {
  const dora = await lane.buyer('dora');
  const command = book(dora, aSeat());
  const acceptedAt = command.accepted.acceptedAt + 1;
  await lane.result(lane.command('leave-queue', { subject: 'dora', acceptedAt }));
  expect(await lane.outcome(command)).toMatchObject({ state: 'succeeded' });
});

test('refuses a missing seat', () =>
  expectRefusal(lane, book(ada, 999_999), { code: 'SEAT_NOT_FOUND', seatId: 999_999 }));

test('refuses before the booking window opens', async () => {
  const soon = await lane.schedule({ bookingStartAt: inHours(1) });
  await expectRefusal(lane, book(ada, soon.seatIds[0] ?? 0), { code: 'BOOKING_NOT_STARTED' });
});

test('refuses after the booking window has closed', async () => {
  const over = await lane.schedule({ bookingStartAt: inHours(-2), bookingEndAt: inHours(-1) });
  await expectRefusal(lane, book(ada, over.seatIds[0] ?? 0), { code: 'BOOKING_CLOSED' });
});

test('refuses a sold seat', async () => {
  const seatId = aSeat();
  const fay = await lane.buyer('fay');
  await lane.points('fay', 100);
  const { id: bookingId } = await lane.hold(fay, seatId);
  await lane.result(lane.command('pay-booking', { ...fay, input: { bookingId } }));
  await expectRefusal(lane, book(ada, seatId), { code: 'SEAT_ALREADY_SOLD', seatId });
});

test('runs twice with one effect', () => expectOneEffect(lane, book(ada, aSeat())));

test('leaves nothing behind when a statement fails midway', async () => {
  const seatId = aSeat();
  // The old hold's end is a statement of its own, before the one that fails.
  await lane.expireHold(await lane.hold(ada, seatId));
  await expectNothingBehind(lane, book(bea, seatId), 'insert on booking');
});
