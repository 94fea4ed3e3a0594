/** A hold that is prolonged in memory, as later commands of the batch see it. */
import { expect, test } from 'vitest';
import {
  type AreaRow,
  type BookingRow,
  type OrderRow,
  type QueueEntryRow,
  Rows,
  type SeatRow,
} from '../../../../../workers/rows/rows.ts';
import {
  aBooking,
  anOrder,
  aQueueEntry,
  aSeat,
  minutesFromNow,
  NOW,
} from '../../../../support/builders.ts';

const holdExpiresAt = minutesFromNow(10);
const heldUntil = minutesFromNow(11);

const of = { concertId: 1, scheduleId: 2, createdAt: NOW, endedAt: null, jobId: 'user-0_x' };
const noArea = { areaId: null, areaName: null, areaHeldUntil: null };
const seatOf = { section: null, rowName: null, number: 1, endedAt: null };
const aPlace = (change: Partial<BookingRow>): BookingRow => ({
  ...{ ...aBooking(), ...noArea, ...seatOf },
  ...change,
});

/** An order of a seat, of a place of an area, and of a seat that was cancelled before. */
function loaded() {
  const rows = new Rows();
  const order = {
    ...anOrder(),
    ...of,
    queueId: 1,
    entryId: 11,
    paidAt: null,
    concertTitle: 'The Winter Gala',
    startAt: minutesFromNow(60),
  } as OrderRow;
  rows.orders.load(order);
  const run = minutesFromNow(-1);
  const seat = aPlace({ id: 3 });
  const place = aPlace({ id: 4, seatId: null, areaId: 6, areaHeldUntil: run });
  const cancelled = aPlace({ id: 5, seatId: 8, endedAs: 'cancelled' });
  for (const booking of [seat, place, cancelled]) rows.bookings.load(booking);
  rows.seats.load({ ...aSeat({ state: 'held', heldUntil: run }), id: 7 } as SeatRow);
  rows.areas.load({ id: 6, held: 1, sold: 0, capacity: 1 } as AreaRow);
  const entry = { ...aQueueEntry(), acceptedAt: null, number: 11, jobId: 'user-0_x' };
  rows.queueEntries.load(entry as QueueEntryRow);
  return { rows, order, seat, place, entry };
}

test('lasts longer with all its live places, and so does its queue entry', () => {
  const { rows, order, seat, place, entry } = loaded();
  expect([...rows.bookings.expiredIn(6, NOW)]).toEqual([place]);
  rows.extendHold(order, { holdExpiresAt, heldUntil });
  expect(order.holdExpiresAt).toBe(holdExpiresAt);
  expect(place.areaHeldUntil).toBe(heldUntil);
  expect(seat.areaHeldUntil).toBeNull();
  expect(rows.seats.get(7)?.heldUntil).toBe(heldUntil);
  expect(rows.queueEntries.get(11)?.expiresAt).toBe(holdExpiresAt);
  expect(entry.expiresAt).toBe(holdExpiresAt);
  // Its place is no longer among those that others may take.
  expect([...rows.bookings.expiredIn(6, NOW)]).toEqual([]);
});

test('ends later for a booking that the same batch inserts', () => {
  const { rows, order, seat } = loaded();
  const added = rows.bookings.add({
    ...seat,
    ...of,
    id: 9,
    userId: 1,
    holdExpiresAt: NOW,
    seatLimit: 4,
  });
  rows.extendHold(order, { holdExpiresAt, heldUntil });
  expect(added.holdExpiresAt).toBe(holdExpiresAt);
});

test('is written by one statement of its own: nothing else is marked as changed', () => {
  const { rows, order } = loaded();
  rows.extendHold(order, { holdExpiresAt, heldUntil });
  const { orders, bookings, seats, queueEntries } = rows;
  expect([orders, bookings, seats, queueEntries].map(({ changed }) => changed.size)).toEqual([
    0, 0, 0, 0,
  ]);
  expect([...rows.money.extendedHolds.values()]).toEqual([
    { orderId: 5, holdExpiresAt, heldUntil },
  ]);
});

test('leaves a queue entry as it is that lasts longer, or has ended', () => {
  for (const change of [{ expiresAt: minutesFromNow(30) }, { state: 'ended' as const }]) {
    const { rows, order, entry } = loaded();
    Object.assign(entry, change);
    const { expiresAt } = entry;
    rows.extendHold(order, { holdExpiresAt, heldUntil });
    expect(entry.expiresAt).toBe(expiresAt);
  }
});

test('no longer makes room for another order of its user, although it had run out', () => {
  const { rows, order, place } = loaded();
  const hold = { bookingId: place.id, orderId: order.id, seatId: null, isRunOut: true };
  rows.liveSeats.load(1, 2, 2, [hold]);
  rows.extendHold(order, { holdExpiresAt, heldUntil });
  expect(rows.liveSeats.expiredHoldsOf(1, 2)).toEqual([]);
  expect(rows.liveSeats.of(1, 2)).toBe(2);
});
