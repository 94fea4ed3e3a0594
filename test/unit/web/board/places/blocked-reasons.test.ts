/** The reasons of blocked seats, which the stream does not carry. */
import { expect, test } from 'vitest';
import type { Seat } from '../../../../../src/commands/schemas/resources.ts';
import { BlockedReasons } from '../../../../../src/web/board/places/blocked-reasons.ts';
import { SeatStates } from '../../../../../src/web/map/seat-states.ts';

const BLOCKED = { state: 'held', isBlocked: true } as const;

const seatOf = (id: number, blockedReason: string | null = null): Seat => ({
  id,
  section: null,
  row: null,
  number: id,
  price: 1,
  ...(blockedReason === null ? { state: 'available' } : BLOCKED),
  blockedReason,
});
const makeStates = () =>
  new SeatStates([seatOf(1, 'Camera'), seatOf(2), seatOf(3, 'Sound'), seatOf(4, 'Camera')]);

test('blocked seats are grouped by their reasons', () => {
  const reasons = new BlockedReasons(makeStates());
  expect(reasons.groups).toEqual([
    { reason: 'Camera', indexes: [0, 3] },
    { reason: 'Sound', indexes: [2] },
  ]);
  expect([0, 1, 2].map((index) => reasons.of(index))).toEqual(['Camera', undefined, 'Sound']);
});

test('the reason of a seat that somebody else blocks has to be read', () => {
  const states = makeStates();
  const reasons = new BlockedReasons(states);
  states.change([{ seatId: 2, ...BLOCKED }]);
  reasons.change([1]);
  expect(reasons.isAnyUnknown).toBe(true);
  expect(reasons.groups.at(1)).toEqual({ reason: null, indexes: [1] });
  reasons.take([seatOf(2, 'Guests')]);
  expect(reasons.of(1)).toBe('Guests');
  expect(reasons.isAnyUnknown).toBe(false);
});

test('the reason of a seat that is blocked here is known before the stream shows it', () => {
  const states = makeStates();
  const reasons = new BlockedReasons(states);
  reasons.note([2], 'Guests');
  expect(reasons.of(1)).toBeUndefined();
  states.change([{ seatId: 2, ...BLOCKED }]);
  reasons.change([1]);
  expect(reasons.isAnyUnknown).toBe(false);
  expect(reasons.of(1)).toBe('Guests');
});

test('a released seat forgets its reason', () => {
  const states = makeStates();
  const reasons = new BlockedReasons(states);
  states.change([{ seatId: 1, state: 'available' }]);
  reasons.change([0]);
  expect(reasons.isAnyUnknown).toBe(false);
  states.change([{ seatId: 1, ...BLOCKED }]);
  reasons.change([0]);
  expect(reasons.isAnyUnknown).toBe(true);
  expect(reasons.of(0)).toBeUndefined();
});
