/** Live bookings as a batch counts them: by user and schedule, with the holds that can be ended. */
import { describe, expect, test } from 'vitest';
import { LiveSeats } from '../../../../workers/rows/live-seats.ts';

const hold = (bookingId: number) => ({
  bookingId,
  orderId: bookingId + 10,
  seatId: 7,
  isRunOut: false,
});
const idsOf = (holds: readonly { bookingId: number }[]) => holds.map(({ bookingId }) => bookingId);

describe('live seats', () => {
  test('are counted by user and schedule, up and down', () => {
    const liveSeats = new LiveSeats();
    liveSeats.add(1, 2, 3);
    liveSeats.add(1, 2, -1);
    expect(liveSeats.of(1, 2)).toBe(2);
    expect(liveSeats.of(2, 1)).toBe(0);
  });

  test('do not confuse users and schedules whose concatenated ids are equal', () => {
    const liveSeats = new LiveSeats();
    liveSeats.load(1, 23, 1, [hold(7)]);
    expect(liveSeats.of(12, 3)).toBe(0);
    expect(liveSeats.expiredHoldsOf(12, 3)).toEqual([]);
  });

  test('list a user’s expired holds, oldest first, until they are ended', () => {
    const liveSeats = new LiveSeats();
    liveSeats.load(1, 2, 3, [hold(9), hold(7)]);
    liveSeats.load(4, 2, 1, [hold(8)]);
    expect(idsOf(liveSeats.expiredHoldsOf(1, 2))).toEqual([9, 7]);
    liveSeats.endHold(9);
    expect(idsOf(liveSeats.expiredHoldsOf(1, 2))).toEqual([7]);
    expect([liveSeats.of(1, 2), liveSeats.of(4, 2)]).toEqual([2, 1]);
  });

  test('go on to count a hold that had expired and was prolonged, and end it no more', () => {
    const liveSeats = new LiveSeats();
    liveSeats.load(1, 2, 2, [hold(9), hold(7)]);
    liveSeats.keepHold(9);
    expect(idsOf(liveSeats.expiredHoldsOf(1, 2))).toEqual([7]);
    expect(liveSeats.of(1, 2)).toBe(2);
  });

  test('do not change when the hold of an uncounted user ends', () => {
    const liveSeats = new LiveSeats();
    liveSeats.load(1, 2, 3, [hold(9)]);
    for (const bookingId of [9, 9, 5]) liveSeats.endHold(bookingId);
    expect(liveSeats.of(1, 2)).toBe(2);
  });
});
