/** Entering and leaving the queue, and the check of a queue token. */
import { describe, expect, test } from 'vitest';
import {
  decideEntry,
  decideLeave,
  endsWithPayment,
  extendEntry,
  isExpired,
  type QueueEntry,
  refuseBookingToken,
  refusePaymentToken,
} from '../../../src/domain/queue-entries.ts';
import type { Decision } from '../../../src/domain/reasons.ts';
import { aQueueEntry, minutesFromNow, NOW } from '../../support/builders.ts';
import { provePrecedence } from './rules.ts';

const aMomentAgo = new Date(NOW.getTime() - 1);
const inAMoment = new Date(NOW.getTime() + 1);
/** A command of a user that is about queue 1. */
const by = (userId: number, acceptedAt: Date) => ({ userId, queueId: 1, acceptedAt });

describe('entering', () => {
  const worst: Parameters<typeof decideEntry>[0] = {
    queueId: 1,
    open: undefined,
    waiting: 5,
    maxWaiting: 5,
  };
  provePrecedence(decideEntry, { input: worst, reason: 'QUEUE_FULL' }, [
    { fixed: 'the full queue', by: { waiting: 4 }, reason: undefined },
  ]);

  test('a user without an open entry gets a new one', () => {
    expect(decideEntry({ ...worst, waiting: 4 }).change).toEqual({ keep: undefined });
  });

  test.each([
    [1, '1 user is already waiting'],
    [5, '5 users are already waiting'],
  ])('the refusal of a full queue names the number of waiting users (%i)', (waiting, text) => {
    const refused = decideEntry({ ...worst, waiting, maxWaiting: waiting });
    expect(refused.refusal?.detail).toContain(text);
  });

  test('a user with an open entry keeps it even when the queue is full', () => {
    const open = aQueueEntry({ state: 'waiting' });
    expect(decideEntry({ ...worst, open }).change).toEqual({ keep: open });
  });
});

describe('leaving', () => {
  const worst: Parameters<typeof decideLeave>[0] = {
    open: undefined,
    acceptedAt: NOW,
    drawClosedAt: minutesFromNow(-1),
  };
  provePrecedence(decideLeave, { input: worst, reason: 'QUEUE_ENTRY_NOT_FOUND' }, [
    { fixed: 'the missing entry', by: { open: aQueueEntry() }, reason: undefined },
  ]);

  test('an entry ends at the time at which the command to leave was accepted', () => {
    expect(decideLeave({ ...worst, open: aQueueEntry() }).change).toEqual({
      state: 'ended',
      endedAt: NOW,
      endReason: 'left',
    });
  });

  test('a waiting entry ends at the close of a draw, if the command is applied after it', () => {
    const drawClosedAt = minutesFromNow(1);
    const endOf = (state: 'waiting' | 'active') =>
      decideLeave({ ...worst, open: aQueueEntry({ state }), drawClosedAt }).change?.endedAt;
    expect(endOf('waiting')).toEqual(drawClosedAt);
    expect(endOf('active')).toEqual(NOW);
  });
});

test('a token books nothing that another queue admits to, and what does not exist has no queue', () => {
  const refusal = refuseBookingToken(aQueueEntry(), { ...by(1, NOW), queueId: 3 });
  expect(refusal).toMatchObject({ code: 'QUEUE_TOKEN_WRONG_QUEUE', about: { queueId: 3 } });
  const unknown = { userId: 1, queueId: undefined, acceptedAt: NOW };
  expect(refuseBookingToken(aQueueEntry(), unknown)).toBeUndefined();
});

describe('a queue token', () => {
  interface Input {
    entry: QueueEntry | undefined;
    userId: number;
    queueId: number;
    acceptedAt: Date;
  }
  const check = ({ entry, ...given }: Input): Decision<'admitted'> => {
    const refusal = refuseBookingToken(entry, given);
    return refusal ? { refusal } : { change: 'admitted' };
  };
  const reason = 'QUEUE_TOKEN_INVALID';
  const worst: Input = { entry: undefined, userId: 2, queueId: 2, acceptedAt: NOW };
  const paid = { state: 'ended', endedAt: aMomentAgo, endReason: 'paid' } as const;

  provePrecedence(check, { input: worst, reason }, [
    {
      fixed: 'the missing entry',
      by: { entry: aQueueEntry({ state: 'waiting', expiresAt: null }) },
      reason,
    },
    { fixed: 'the owner', by: { userId: 1 }, reason },
    {
      fixed: 'the pending admission',
      by: { entry: aQueueEntry({ ...paid, expiresAt: NOW }) },
      reason,
    },
    { fixed: 'the expired session', by: { entry: aQueueEntry(paid) }, reason },
    {
      fixed: 'the end by a payment',
      by: { entry: aQueueEntry({ bookingUntil: NOW }) },
      reason,
    },
    {
      fixed: 'the end of the time to book',
      by: { entry: aQueueEntry() },
      reason: 'QUEUE_TOKEN_WRONG_QUEUE',
    },
    { fixed: 'the queue', by: { queueId: 1 }, reason: undefined },
  ]);

  test.each([
    ['belongs to another user', aQueueEntry({ userId: 2 })],
    ['is still waiting', aQueueEntry({ state: 'waiting' })],
    ['has no session', aQueueEntry({ expiresAt: null })],
    ['ended without a time', aQueueEntry({ state: 'ended' })],
  ])('one fault is enough: the token of an entry that %s is refused', (_fault, entry) => {
    expect(refuseBookingToken(entry, by(1, NOW))?.code).toBe(reason);
  });

  test('a session is active before its end and not at its end', () => {
    const entry = aQueueEntry({ expiresAt: NOW });
    expect(refuseBookingToken(entry, by(1, aMomentAgo))).toBeUndefined();
    expect(refuseBookingToken(entry, by(1, NOW))?.code).toBe(reason);
  });

  test.each([
    ['while the command was pending in its lane', inAMoment],
    ['in the millisecond in which the command was accepted', NOW],
  ])('the token of a session that ended %s is accepted', (_when, endedAt) => {
    expect(refuseBookingToken(aQueueEntry({ ...paid, endedAt }), by(1, NOW))).toBeUndefined();
  });

  test('the token of an entry that was left before admission is refused', () => {
    const left = { state: 'ended', expiresAt: null, endReason: 'left' } as const;
    const entry = aQueueEntry({ ...left, endedAt: minutesFromNow(1) });
    expect(refuseBookingToken(entry, by(1, NOW))?.code).toBe(reason);
  });
});

test('from the end of the time to book on, an active token books nothing more', () => {
  const entry = aQueueEntry({ expiresAt: minutesFromNow(5), bookingUntil: NOW });
  expect(refuseBookingToken(entry, by(1, aMomentAgo))).toBeUndefined();
  const refusal = refuseBookingToken(entry, by(1, NOW));
  expect(refusal?.code).toBe('QUEUE_TOKEN_INVALID');
  expect(refusal?.detail).toContain('What you hold can still be paid.');
});

describe('the token of a payment', () => {
  const codeFor = (entry: QueueEntry | undefined, entryId: number | null, queueId = 1) =>
    refusePaymentToken(entry, { entryId, queueId }, 1, NOW)?.code;
  const over = { state: 'ended', expiresAt: aMomentAgo, endedAt: aMomentAgo } as const;

  test('is good while it is active, whatever the entry of the order', () => {
    expect(codeFor(aQueueEntry(), null)).toBeUndefined();
    expect(codeFor(aQueueEntry({ bookingUntil: aMomentAgo }), 12)).toBeUndefined();
  });

  test.each(['expired', 'paid', 'unclaimed'] as const)(
    'of an entry that ended as %s is good for the order that was placed with it only',
    (endReason) => {
      const entry = aQueueEntry({ ...over, endReason });
      expect(codeFor(entry, 11)).toBeUndefined();
      expect(codeFor(entry, 12)).toBe('QUEUE_TOKEN_INVALID');
      expect(codeFor(entry, null)).toBe('QUEUE_TOKEN_INVALID');
    },
  );

  test('of another queue is good for the order that was placed with it, and for no other', () => {
    const entry = aQueueEntry({ queueId: 2 });
    expect(codeFor(entry, 11, 1)).toBeUndefined();
    expect(codeFor(entry, 12, 2)).toBeUndefined();
    expect(refusePaymentToken(entry, { entryId: 12, queueId: 1 }, 1, NOW)).toMatchObject({
      code: 'QUEUE_TOKEN_WRONG_QUEUE',
      about: { queueId: 1 },
    });
    expect(codeFor(aQueueEntry({ ...over, queueId: 2 }), 12)).toBe('QUEUE_TOKEN_INVALID');
  });

  test('is refused after the user has left, of another user, and without an entry', () => {
    const left = aQueueEntry({ ...over, endReason: 'left' });
    expect(codeFor(left, 11)).toBe('QUEUE_TOKEN_INVALID');
    expect(codeFor(aQueueEntry({ userId: 2 }), 11)).toBe('QUEUE_TOKEN_INVALID');
    expect(codeFor(undefined, 11)).toBe('QUEUE_TOKEN_INVALID');
  });
});

describe('an entry with which an order is placed', () => {
  const holdEnd = minutesFromNow(5);

  test('lasts until the end of the hold, and is claimed', () => {
    expect(extendEntry(aQueueEntry(), holdEnd, NOW)).toEqual({
      expiresAt: holdEnd,
      claimedAt: NOW,
    });
  });

  test('keeps a later end, and the time of its first use', () => {
    const entry = aQueueEntry({ expiresAt: minutesFromNow(6), claimedAt: aMomentAgo });
    expect(extendEntry(entry, holdEnd, NOW)).toBeUndefined();
    const unclaimed = { ...entry, claimedAt: null };
    expect(extendEntry(unclaimed, holdEnd, NOW)).toEqual({
      expiresAt: minutesFromNow(6),
      claimedAt: NOW,
    });
  });

  test('is not opened again once it has ended', () => {
    const entry = aQueueEntry({ state: 'ended', endedAt: NOW, endReason: 'expired' });
    expect(extendEntry(entry, holdEnd, NOW)).toBeUndefined();
  });
});

test('a payment ends its entry unless another hold of the entry lasts', () => {
  const lasting = { holdExpiresAt: inAMoment };
  expect(endsWithPayment(aQueueEntry(), [], NOW)).toBe(true);
  expect(endsWithPayment(aQueueEntry(), [{ holdExpiresAt: NOW }], NOW)).toBe(true);
  expect(endsWithPayment(aQueueEntry(), [{ holdExpiresAt: NOW }, lasting], NOW)).toBe(false);
  const over = aQueueEntry({ state: 'ended', endedAt: NOW, endReason: 'left' });
  expect(endsWithPayment(over, [], NOW)).toBe(false);
});

test.each([
  ['active until now', aQueueEntry({ expiresAt: NOW }), true],
  ['active for one more millisecond', aQueueEntry({ expiresAt: inAMoment }), false],
  ['waiting', aQueueEntry({ state: 'waiting', expiresAt: null }), false],
  ['ended already', aQueueEntry({ state: 'ended', expiresAt: NOW, endedAt: NOW }), false],
])('whether an entry that is %s has expired (case %#)', (_state, entry, isOver) => {
  expect(isExpired(entry, NOW)).toBe(isOver);
});
