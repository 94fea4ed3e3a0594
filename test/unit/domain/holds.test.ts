/** When a seat can be held, and when operators can block it. */
import { describe, expect, test } from 'vitest';
import {
  decideBlocking,
  decideHold,
  holdsOverBy,
  isFree,
  ordersToEnd,
  PENDING_MS_MAX,
} from '../../../src/domain/holds.ts';
import { aSeat, minutesFromNow, NOW } from '../../support/builders.ts';
import { provePrecedence } from './rules.ts';

type HoldInput = Parameters<typeof decideHold>[0];
type BlockingInput = Parameters<typeof decideBlocking>[0];

const aMomentAgo = new Date(NOW.getTime() - 1);
const inAMoment = new Date(NOW.getTime() + 1);
const held = { state: 'held', heldUntil: inAMoment } as const;

describe('holding a seat', () => {
  const soldAndBlocked = { state: 'sold', blockedReason: 'camera' } as const;
  const worst: HoldInput = {
    seatId: 7,
    scheduleId: 2,
    seat: aSeat({
      ...soldAndBlocked,
      cancelledAt: NOW,
      closedAt: NOW,
      bookingStartAt: inAMoment,
    }),
    acceptedAt: NOW,
    now: NOW,
    overBy: NOW,
    holdMs: 300_000,
    graceMs: 10_000,
    limit: { live: 2, max: 2 },
  };

  provePrecedence(decideHold, { input: worst, reason: 'SCHEDULE_CANCELLED' }, [
    { fixed: 'the cancellation', by: { seat: undefined }, reason: 'SEAT_NOT_FOUND' },
    {
      fixed: 'the missing seat',
      by: { seat: aSeat({ ...soldAndBlocked, closedAt: NOW, scheduleId: 9 }) },
      reason: 'SEAT_NOT_FOUND',
    },
    {
      fixed: 'the seat of another schedule',
      by: { seat: aSeat({ ...soldAndBlocked, closedAt: NOW, bookingStartAt: inAMoment }) },
      reason: 'SALE_CLOSED',
    },
    {
      fixed: 'the closed sale',
      by: { seat: aSeat({ ...soldAndBlocked, bookingStartAt: inAMoment, bookingEndAt: NOW }) },
      reason: 'BOOKING_NOT_STARTED',
    },
    {
      fixed: 'the window that has not opened',
      by: { seat: aSeat({ ...soldAndBlocked, bookingStartAt: NOW, bookingEndAt: NOW }) },
      reason: 'BOOKING_CLOSED',
    },
    {
      fixed: 'the window that has closed',
      by: { seat: aSeat({ ...soldAndBlocked, bookingEndAt: inAMoment }) },
      reason: 'SEAT_ALREADY_SOLD',
    },
    {
      fixed: 'the sale to another user',
      by: { seat: aSeat({ ...held, blockedReason: 'camera' }) },
      reason: 'SEAT_ALREADY_HELD',
    },
    { fixed: 'the block', by: { seat: aSeat(held) }, reason: 'SEAT_ALREADY_HELD' },
    {
      fixed: 'the hold of another user',
      by: { seat: aSeat({ state: 'held', heldUntil: NOW }) },
      reason: 'SEAT_LIMIT_REACHED',
    },
    { fixed: 'the limit', by: { limit: { live: 1, max: 2 } }, reason: undefined },
  ]);

  const fine: HoldInput = { ...worst, seat: aSeat(), limit: { live: 0, max: 2 } };

  test('a hold lasts for the configured time, and the seat stays held for the grace period', () => {
    expect(decideHold(fine).change).toEqual({
      seat: { state: 'held', heldUntil: new Date(NOW.getTime() + 310_000) },
      holdExpiresAt: new Date(NOW.getTime() + 300_000),
    });
  });

  test('a command that was accepted within the window holds the seat even if it is applied later', () => {
    const seat = aSeat({ bookingEndAt: NOW });
    const later = { ...fine, seat, acceptedAt: aMomentAgo, now: minutesFromNow(3) };
    expect(decideHold(later).change?.holdExpiresAt).toEqual(minutesFromNow(8));
  });

  test('the sale ends when the performance starts, however late the window closes', () => {
    const seat = aSeat({ startAt: NOW });
    expect(decideHold({ ...fine, seat }).refusal).toMatchObject({
      code: 'BOOKING_CLOSED',
      detail: `Seat 7 could be booked until ${NOW.toISOString()}.`,
    });
    expect(decideHold({ ...fine, seat, acceptedAt: aMomentAgo }).refusal).toBeUndefined();
  });

  test('a seat whose hold expired after the command was accepted can be held by it', () => {
    const seat = aSeat({ state: 'held', heldUntil: NOW });
    expect(decideHold({ ...fine, seat, acceptedAt: minutesFromNow(-1) }).refusal).toBeUndefined();
  });

  test('a blocked seat is refused even if no user holds it', () => {
    const seat = aSeat({ blockedReason: 'camera' });
    expect(decideHold({ ...fine, seat }).refusal?.code).toBe('SEAT_ALREADY_HELD');
  });

  test('a user can hold seats up to the limit and not beyond it', () => {
    const codeAt = (live: number) =>
      decideHold({ ...fine, limit: { live, max: 2 } }).refusal?.code ?? 'held';
    const reached = 'SEAT_LIMIT_REACHED';
    expect([0, 1, 2, 3].map(codeAt)).toEqual(['held', 'held', reached, reached]);
  });

  test('each refusal names the seat, because a command can contain several', () => {
    const refused: HoldInput[] = [
      worst,
      { ...fine, seat: aSeat({ bookingStartAt: inAMoment }) },
      { ...fine, seat: aSeat({ bookingEndAt: NOW }) },
      { ...fine, seat: aSeat({ state: 'sold' }) },
      { ...fine, seat: aSeat({ blockedReason: 'camera' }) },
      { ...fine, seat: aSeat(held) },
      { ...fine, limit: { live: 2, max: 2 } },
    ];
    for (const input of refused) expect(decideHold(input).refusal?.about).toEqual({ seatId: 7 });
  });
});

describe('the expired orders that a new one ends', () => {
  const one = { id: 1, places: 1 };
  const two = { id: 2, places: 3 };
  const three = { id: 3, places: 1 };
  const others = { id: 4, places: 2 };
  const own = [one, two, three];
  const endsFor = (inTheWay: { id: number; places: number }[], wanted: number, live: number) =>
    ordersToEnd({ live, max: 6, wanted, own, inTheWay }).map(({ id }) => id);

  test.each([
    ['are none below the seat limit', [], 1, 5, []],
    ['are as many as exceed the limit, the oldest first', [], 2, 5, [1]],
    ['end as a whole', [], 3, 5, [1, 2]],
    ['are all of them if the limit is exceeded even then', [], 4, 20, [1, 2, 3]],
    ['are first those on the wanted seats, then others', [three], 3, 5, [3, 1]],
    ['are those on the wanted seats even below the limit', [two], 1, 5, [2]],
    ['are those of other users on the wanted seats, which free no place', [others], 2, 5, [4, 1]],
  ])('%s', (_which, inTheWay, wanted, live, ended) => {
    expect(endsFor(inTheWay, wanted, live)).toEqual(ended);
  });
});

describe('whether a seat is free', () => {
  test.each([
    ['available', aSeat(), true],
    ['held for one more millisecond', aSeat(held), false],
    ['held until now', aSeat({ state: 'held', heldUntil: NOW }), true],
    ['held until a millisecond ago', aSeat({ state: 'held', heldUntil: aMomentAgo }), true],
    ['sold', aSeat({ state: 'sold' }), false],
    ['available but blocked', aSeat({ blockedReason: 'camera' }), false],
    [
      'blocked with an expired hold',
      aSeat({ state: 'held', heldUntil: aMomentAgo, blockedReason: 'camera' }),
      false,
    ],
  ])('a seat that is %s (case %#)', (_state, seat, free) => {
    expect(isFree(seat, NOW)).toBe(free);
  });

  test('a seat is free exactly when an eligible user can hold it', () => {
    for (const state of ['available', 'held', 'sold'] as const) {
      for (const blockedReason of [null, 'camera']) {
        for (const heldUntil of state === 'held' ? [aMomentAgo, NOW, inAMoment] : [null]) {
          const seat = aSeat({ state, blockedReason, heldUntil });
          const decision = decideHold({
            scheduleId: 2,
            seatId: 7,
            seat,
            acceptedAt: NOW,
            now: NOW,
            overBy: NOW,
            holdMs: 1,
            graceMs: 1,
            limit: { live: 0, max: 1 },
          });
          const named = `${state}, ${blockedReason}, ${heldUntil?.toISOString()}`;
          expect(isFree(seat, NOW), named).toBe(decision.refusal === undefined);
        }
      }
    }
  });
});

describe('by when a hold must have run out for others to get its places', () => {
  const longAgo = new Date(NOW.getTime() - PENDING_MS_MAX - 1);
  test.each([
    ['no payment can be pending', undefined, NOW],
    ['a payment may be pending', aMomentAgo, aMomentAgo],
    ['one was added after the time of the batch', inAMoment, NOW],
    ['one is pending for very long', longAgo, new Date(NOW.getTime() - PENDING_MS_MAX)],
  ])('%s', (_, oldestPaymentAt, expected) => {
    expect(holdsOverBy(NOW, oldestPaymentAt)).toEqual(expected);
  });

  test('a seat whose payment may be pending is neither booked nor blocked', () => {
    const seat = aSeat({ state: 'held', heldUntil: NOW });
    const input = { seatId: 7, seat, overBy: aMomentAgo };
    const times = { acceptedAt: NOW, now: NOW, holdMs: 1, graceMs: 1 };
    const limit = { live: 0, max: 1 };
    expect(decideHold({ ...input, ...times, limit, scheduleId: 2 }).refusal?.code).toBe(
      'SEAT_ALREADY_HELD',
    );
    expect(decideBlocking(input).refusal?.code).toBe('SEAT_ALREADY_HELD');
  });
});

describe('blocking a seat', () => {
  const worst: BlockingInput = { seatId: 7, seat: undefined, overBy: NOW };

  provePrecedence(decideBlocking, { input: worst, reason: 'SEAT_NOT_FOUND' }, [
    {
      fixed: 'the missing seat',
      by: { seat: aSeat({ state: 'sold' }) },
      reason: 'SEAT_ALREADY_SOLD',
    },
    { fixed: 'its sale', by: { seat: aSeat(held) }, reason: 'SEAT_ALREADY_HELD' },
    {
      fixed: 'its hold',
      by: { seat: aSeat({ state: 'held', heldUntil: NOW }) },
      reason: undefined,
    },
  ]);

  test('blocking a seat ends its expired hold; an available seat has none', () => {
    const ends = (seat: ReturnType<typeof aSeat>) =>
      decideBlocking({ seatId: 7, seat, overBy: NOW }).change?.endsExpiredHold;
    expect(ends(aSeat({ state: 'held', heldUntil: NOW }))).toBe(true);
    expect(ends(aSeat())).toBe(false);
  });

  test('a blocked seat can be blocked again with another reason', () => {
    const seat = aSeat({ blockedReason: 'camera' });
    expect(decideBlocking({ seatId: 7, seat, overBy: NOW }).refusal).toBeUndefined();
  });

  test('a refusal names the seat', () => {
    expect(decideBlocking(worst).refusal?.about).toEqual({ seatId: 7 });
  });
});
