/** Who may hold a seat. */
import { expect, test } from 'vitest';
import { decideBlocking, decideHold, isFree } from '../../../src/domain/holds.ts';
import { aSeat, minutesFromNow, NOW } from '../../support/builders.ts';
import { provePrecedence, type Row } from './rules.ts';

type Input = Parameters<typeof decideHold>[0];

const full = { live: 2, max: 2 };
const base: Input = {
  seatId: 7,
  seat: undefined,
  acceptedAt: minutesFromNow(-120),
  now: NOW,
  holdMs: 300_000,
  graceMs: 10_000,
  limit: full,
};
const late = minutesFromNow(90);
const soldOut = aSeat({ state: 'sold', blockedReason: 'camera', heldUntil: minutesFromNow(5) });

export const holdRows: Row<Input>[] = [
  { mended: 'everything is wrong', input: base, reason: 'SEAT_NOT_FOUND' },
  { mended: 'the seat is there', input: { ...base, seat: soldOut }, reason: 'BOOKING_NOT_STARTED' },
  {
    mended: 'the window has opened, and closed',
    input: { ...base, seat: soldOut, acceptedAt: late },
    reason: 'BOOKING_CLOSED',
  },
  {
    mended: 'the window is open',
    input: { ...base, seat: soldOut, acceptedAt: NOW },
    reason: 'SEAT_ALREADY_SOLD',
  },
  {
    mended: 'the seat is not sold, but held',
    input: {
      ...base,
      acceptedAt: NOW,
      seat: aSeat({ state: 'held', heldUntil: minutesFromNow(1) }),
    },
    reason: 'SEAT_ALREADY_HELD',
  },
  {
    mended: 'the hold has run out',
    input: { ...base, acceptedAt: NOW, seat: aSeat({ state: 'held', heldUntil: NOW }) },
    reason: 'SEAT_LIMIT_REACHED',
  },
  {
    mended: 'the user has seats left',
    input: { ...base, acceptedAt: NOW, seat: aSeat(), limit: { live: 1, max: 2 } },
    reason: undefined,
  },
];

provePrecedence(decideHold, holdRows);

const bookable: Input = { ...base, acceptedAt: NOW, seat: aSeat(), limit: { live: 0, max: 2 } };

test('a hold lasts as long as set, and keeps others away for the grace as well', () => {
  const { change } = decideHold(bookable);
  expect(change?.holdExpiresAt).toEqual(minutesFromNow(5));
  expect(change?.seat).toEqual({
    state: 'held',
    heldUntil: new Date(minutesFromNow(5).getTime() + 10_000),
  });
  expect(change?.endsExpiredHold).toBe(false);
});

test('a hold that has run out is replaced, and the decision says so', () => {
  const seat = aSeat({ state: 'held', heldUntil: NOW });
  expect(decideHold({ ...bookable, seat }).change?.endsExpiredHold).toBe(true);
});

test('a refusal names the seat', () => {
  expect(decideHold(base).refusal?.about).toEqual({ seatId: 7 });
});

test('a seat that operators have blocked is as good as held', () => {
  const seat = aSeat({ blockedReason: 'camera' });
  expect(decideHold({ ...bookable, seat }).refusal?.code).toBe('SEAT_ALREADY_HELD');
});

test.each([
  ['available', aSeat(), true],
  ['held', aSeat({ state: 'held', heldUntil: minutesFromNow(1) }), false],
  ['held until now', aSeat({ state: 'held', heldUntil: NOW }), true],
  ['sold', aSeat({ state: 'sold' }), false],
  ['blocked', aSeat({ blockedReason: 'camera' }), false],
])('whether a seat that is %s is free: %#', (_state, seat, free) => {
  expect(isFree(seat, NOW)).toBe(free);
});

test.each([
  [undefined, 'SEAT_NOT_FOUND'],
  [aSeat({ state: 'sold' }), 'SEAT_ALREADY_SOLD'],
  [aSeat({ state: 'held', heldUntil: minutesFromNow(1) }), 'SEAT_ALREADY_HELD'],
  [aSeat({ state: 'held', heldUntil: NOW }), undefined],
  [aSeat({ blockedReason: 'another reason' }), undefined],
])('operators block what nobody holds or owns: %#', (seat, reason) => {
  expect(decideBlocking({ seatId: 7, seat, now: NOW }).refusal?.code).toBe(reason);
});
