/** Who gets a place, who may leave it, whose place admits to booking. */
import { expect, test } from 'vitest';
import {
  decideEntry,
  decideLeave,
  isRunOut,
  refuseQueueToken,
} from '../../../src/domain/queue-entries.ts';
import { aQueueEntry, minutesFromNow, NOW } from '../../support/builders.ts';

test('a newcomer is refused when too many wait, and taken when one less does', () => {
  const refused = decideEntry({ open: undefined, waiting: 5, maxWaiting: 5 });
  expect(refused.refusal?.code).toBe('QUEUE_FULL');
  expect(decideEntry({ open: undefined, waiting: 4, maxWaiting: 5 }).change).toEqual({
    keep: undefined,
  });
});

test('a user who has a place keeps it even when the queue is full', () => {
  const open = aQueueEntry({ state: 'waiting' });
  expect(decideEntry({ open, waiting: 9, maxWaiting: 5 }).change).toEqual({ keep: open });
});

test('only a place that is there can be left', () => {
  expect(decideLeave({ open: undefined, acceptedAt: NOW }).refusal?.code).toBe(
    'QUEUE_ENTRY_NOT_FOUND',
  );
  const left = { state: 'ended', endedAt: NOW, endReason: 'left' };
  expect(decideLeave({ open: aQueueEntry(), acceptedAt: NOW }).change).toEqual(left);
});

test.each([
  ['is not there', undefined, false],
  ['is another user’s', aQueueEntry({ userId: 2 }), false],
  ['waits', aQueueEntry({ state: 'waiting', expiresAt: null }), false],
  ['has run out', aQueueEntry({ expiresAt: NOW }), false],
  ['ended before', aQueueEntry({ state: 'ended', endedAt: NOW, endReason: 'paid' }), false],
  [
    'ended after',
    aQueueEntry({ state: 'ended', endedAt: minutesFromNow(1), endReason: 'paid' }),
    true,
  ],
  ['is active', aQueueEntry(), true],
])('a token whose place %s admits at the accepted time: %#', (_state, entry, isAdmitted) => {
  const refusal = refuseQueueToken(entry, 1, NOW);
  expect(refusal?.code).toBe(isAdmitted ? undefined : 'QUEUE_TOKEN_INVALID');
});

test('a session is over when its time has come, ended or not', () => {
  expect(isRunOut(aQueueEntry({ expiresAt: NOW }), NOW)).toBe(true);
  expect(isRunOut(aQueueEntry(), NOW)).toBe(false);
  expect(isRunOut(aQueueEntry({ state: 'waiting', expiresAt: null }), NOW)).toBe(false);
});
