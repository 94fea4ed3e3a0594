/** Who gets a place in the queue, who may leave it, whose place admits to booking. */
import { describe, expect, test } from 'vitest';
import {
  decideEntry,
  decideLeave,
  isRunOut,
  type QueueEntry,
  refuseQueueToken,
} from '../../../src/domain/queue-entries.ts';
import type { Decision } from '../../../src/domain/reasons.ts';
import { aQueueEntry, minutesFromNow, NOW } from '../../support/builders.ts';
import { provePrecedence } from './rules.ts';

const aMomentAgo = new Date(NOW.getTime() - 1);
const inAMoment = new Date(NOW.getTime() + 1);

describe('entering', () => {
  const worst: Parameters<typeof decideEntry>[0] = { open: undefined, waiting: 5, maxWaiting: 5 };
  provePrecedence(decideEntry, { input: worst, reason: 'QUEUE_FULL' }, [
    { mended: 'the crowd', by: { waiting: 4 }, reason: undefined },
  ]);

  test('a newcomer gets a place of their own', () => {
    expect(decideEntry({ ...worst, waiting: 4 }).change).toEqual({ keep: undefined });
  });

  test.each([
    [1, '1 user is already waiting'],
    [5, '5 users are already waiting'],
  ])('a queue that is full with %i says so', (waiting, text) => {
    const refused = decideEntry({ open: undefined, waiting, maxWaiting: waiting });
    expect(refused.refusal?.detail).toContain(text);
  });

  test('a user who has a place keeps it even when the queue is full', () => {
    const open = aQueueEntry({ state: 'waiting' });
    expect(decideEntry({ ...worst, open }).change).toEqual({ keep: open });
  });
});

describe('leaving', () => {
  const worst: Parameters<typeof decideLeave>[0] = { open: undefined, acceptedAt: NOW };
  provePrecedence(decideLeave, { input: worst, reason: 'QUEUE_ENTRY_NOT_FOUND' }, [
    { mended: 'the missing place', by: { open: aQueueEntry() }, reason: undefined },
  ]);

  test('a place ends at the moment at which its user gave it up', () => {
    expect(decideLeave({ open: aQueueEntry(), acceptedAt: NOW }).change).toEqual({
      state: 'ended',
      endedAt: NOW,
      endReason: 'left',
    });
  });
});

describe('a queue token', () => {
  interface Input {
    entry: QueueEntry | undefined;
    userId: number;
    acceptedAt: Date;
  }
  const check = ({ entry, userId, acceptedAt }: Input): Decision<'admitted'> => {
    const refusal = refuseQueueToken(entry, userId, acceptedAt);
    return refusal ? { refusal } : { change: 'admitted' };
  };
  const reason = 'QUEUE_TOKEN_INVALID';
  const worst: Input = { entry: undefined, userId: 2, acceptedAt: NOW };
  const paid = { state: 'ended', endedAt: aMomentAgo, endReason: 'paid' } as const;

  provePrecedence(check, { input: worst, reason }, [
    {
      mended: 'the missing place',
      by: { entry: aQueueEntry({ state: 'waiting', expiresAt: null }) },
      reason,
    },
    { mended: 'the owner', by: { userId: 1 }, reason },
    {
      mended: 'the wait',
      by: { entry: aQueueEntry({ ...paid, expiresAt: NOW }) },
      reason,
    },
    { mended: 'the session that had run out', by: { entry: aQueueEntry(paid) }, reason },
    { mended: 'its end by a payment', by: { entry: aQueueEntry() }, reason: undefined },
  ]);

  test.each([
    ['belongs to somebody else', aQueueEntry({ userId: 2 })],
    ['still waits', aQueueEntry({ state: 'waiting' })],
    ['has no session', aQueueEntry({ expiresAt: null })],
    ['ended without a time', aQueueEntry({ state: 'ended' })],
  ])('one fault is enough: a place that %s admits nobody', (_fault, entry) => {
    expect(refuseQueueToken(entry, 1, NOW)?.code).toBe(reason);
  });

  test('a session counts until the moment of its end, and not at it', () => {
    const entry = aQueueEntry({ expiresAt: NOW });
    expect(refuseQueueToken(entry, 1, aMomentAgo)).toBeUndefined();
    expect(refuseQueueToken(entry, 1, NOW)?.code).toBe(reason);
  });

  test.each([
    ['while the command waited in its lane', inAMoment],
    ['in the millisecond in which the command was accepted', NOW],
  ])('a session that ended %s does not count against it', (_when, endedAt) => {
    expect(refuseQueueToken(aQueueEntry({ ...paid, endedAt }), 1, NOW)).toBeUndefined();
  });

  test('a place that was given up unused, and so never had a session, admits nobody', () => {
    const left = { state: 'ended', expiresAt: null, endReason: 'left' } as const;
    const entry = aQueueEntry({ ...left, endedAt: minutesFromNow(1) });
    expect(refuseQueueToken(entry, 1, NOW)?.code).toBe(reason);
  });
});

test.each([
  ['active until now', aQueueEntry({ expiresAt: NOW }), true],
  ['active for another moment', aQueueEntry({ expiresAt: inAMoment }), false],
  ['waiting', aQueueEntry({ state: 'waiting', expiresAt: null }), false],
  ['ended already', aQueueEntry({ state: 'ended', expiresAt: NOW, endedAt: NOW }), false],
])('whether a place that is %s has run out: %#', (_state, entry, isOver) => {
  expect(isRunOut(entry, NOW)).toBe(isOver);
});
