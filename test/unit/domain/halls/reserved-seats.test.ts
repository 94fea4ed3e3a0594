/** Who can have accessible seats and those of companions, and until when. */
import { describe, expect, test } from 'vitest';
import { refuseReserved } from '../../../../src/domain/halls/reserved-seats.ts';

const UNTIL = new Date('2026-12-01T12:00:00Z');
const at = (ms: number) => new Date(UNTIL.getTime() + ms);
const seat = (id: number, kind: number, accessibleUntil: Date | null = UNTIL) => {
  return { id, kind, accessibleUntil };
};
const [plain, accessible, companion] = [seat(1, 0), seat(2, 1), seat(3, 2)];
const aMomentBefore = at(-1);

describe('a moment before the time', () => {
  test.each([
    {
      what: 'an accessible seat',
      seats: [plain, accessible],
      isAsked: false,
      reason: 'SEAT_RESERVED',
      seatId: 2,
    },
    {
      what: 'a companion seat',
      seats: [companion],
      isAsked: false,
      reason: 'SEAT_RESERVED',
      seatId: 3,
    },
    {
      what: 'both, the first of them,',
      seats: [companion, accessible],
      isAsked: false,
      reason: 'SEAT_RESERVED',
      seatId: 3,
    },
    {
      what: 'a companion without an accessible seat',
      seats: [plain, companion],
      isAsked: true,
      reason: 'COMPANION_ALONE',
      seatId: 3,
    },
  ])('$what is refused if the order asks: $isAsked', ({ seats, isAsked, reason, seatId }) => {
    expect(refuseReserved(seats, { isAsked, acceptedAt: aMomentBefore })).toMatchObject({
      code: reason,
      about: { seatId },
    });
  });

  test.each([
    { what: 'other seats', seats: [plain], isAsked: false },
    { what: 'other seats, although it asks', seats: [plain], isAsked: true },
    { what: 'an accessible seat', seats: [accessible], isAsked: true },
    { what: 'a companion with it', seats: [companion, plain, accessible], isAsked: true },
  ])('an order gets $what', ({ seats, isAsked }) => {
    expect(refuseReserved(seats, { isAsked, acceptedAt: aMomentBefore })).toBeUndefined();
  });
});

test('at the time and after it they are like all others', () => {
  for (const ms of [0, 1]) {
    for (const isAsked of [true, false]) {
      const given = { isAsked, acceptedAt: at(ms) };
      expect(refuseReserved([accessible, companion], given)).toBeUndefined();
      expect(refuseReserved([companion], given)).toBeUndefined();
    }
  }
});

test('without a time they are reserved whenever it is', () => {
  const late = { isAsked: false, acceptedAt: at(1e12) };
  expect(refuseReserved([seat(2, 1, null)], late)?.code).toBe('SEAT_RESERVED');
});
