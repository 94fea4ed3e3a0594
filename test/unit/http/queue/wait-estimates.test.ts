/** When the ends of sessions are read for the estimate, and what is said while nobody is admitted. */
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { pollDelayMs } from '../../../../src/client/api/waiting-queue.ts';
import type { QueueCounters } from '../../../../src/db/reads/queue/counters.ts';
import type { SessionEnds } from '../../../../src/db/reads/queue/session-ends.ts';
import { WaitEstimates } from '../../../../src/http/queue/wait-estimates.ts';
import { COUNTERS as HOUSE } from './house-queue.ts';

const BEGIN = 1_764_201_600_000;

const rate = { admitLimit: 10, admitWindowMs: 1000, maxActive: 100, queueTokenMs: 300_000 };
const COUNTERS: QueueCounters = {
  ...HOUSE,
  waiting: 500,
  active: 100,
  lastNumber: 600,
  lastAdmitted: 100,
  admittedLastMinute: 100,
};

const NEVER_EARLY = { count: 100, endedEarly: 0, lastedSeconds: 30_000 };
/** As long as nothing is known: a hundred sessions of 150 s, of which fifty must end. */
const UNKNOWN_S = expect.closeTo(64, -1);

let now: number;
let asked: (readonly number[])[];
let read: (queueIds: readonly number[]) => Promise<SessionEnds[]>;
let estimates: WaitEstimates;

/** All hundred sessions of these queues expire in this second. */
const allExpireIn = (second: number, queueIds: readonly number[]) =>
  queueIds.map((queueId) => {
    const expiries = [...Array<number>(second).fill(0), 100];
    return { queueId, expiries, recent: NEVER_EARLY, earlier: NEVER_EARLY };
  });

beforeEach(() => {
  now = BEGIN;
  asked = [];
  read = async (queueIds) => allExpireIn(99, queueIds);
  estimates = new WaitEstimates({
    readSessionEnds(queueIds) {
      asked.push(queueIds);
      return read(queueIds);
    },
    now: () => now,
  });
});

/** As a poll with the counters that were read last. */
const of = (position: number, counters: Partial<QueueCounters> = {}) =>
  estimates.of({ position, counters: { ...COUNTERS, ...counters }, rate });
const secondsOf = (position: number, counters?: Partial<QueueCounters>) =>
  of(position, counters).estimatedWaitSeconds;

test('the first estimate does not wait for the read, and later ones use it', async () => {
  expect(secondsOf(50)).toEqual(UNKNOWN_S);
  await turn();
  expect(secondsOf(50)).toBe(103);
  expect(asked).toEqual([[1]]);
});

test('an estimate with the same counters uses what was read meanwhile', async () => {
  const counters = { ...COUNTERS };
  const estimate = () => estimates.of({ position: 50, counters, rate }).estimatedWaitSeconds;
  expect(estimate()).toEqual(UNKNOWN_S);
  await turn();
  expect(estimate()).toBe(103);
});

test('the ends are read again after five seconds, for all queues together that are due', async () => {
  secondsOf(1);
  await turn();
  now += 4999;
  secondsOf(1);
  expect(asked).toEqual([[1]]);
  const reading = Promise.withResolvers<SessionEnds[]>();
  read = () => reading.promise;
  now += 1;
  for (const id of [1, 2, 3, 1]) secondsOf(1, { id });
  expect(asked).toEqual([[1], [1]]);
  reading.resolve([]);
  await turn();
  read = async () => [];
  secondsOf(1, { id: 2 });
  expect(asked).toEqual([[1], [1], [2, 3, 1]]);
});

test('nothing is read for users for whom a slot is free', () => {
  expect(secondsOf(50, { active: 50 })).toBe(5);
  expect(asked).toEqual([]);
  secondsOf(51, { active: 50 });
  expect(asked).toEqual([[1]]);
});

test('after a failed read the last ends are used, but not for long, and the next read is five seconds later', async () => {
  secondsOf(50);
  await turn();
  read = () => Promise.reject(new Error('PostgreSQL cannot be reached.'));
  now += 5000;
  expect(secondsOf(50)).toBe(99);
  await turn();
  now += 4999;
  expect(secondsOf(50)).toBe(95);
  expect(asked).toHaveLength(2);
  now += 1;
  secondsOf(50);
  expect(asked).toHaveLength(3);
  now = BEGIN + 30_001;
  expect(secondsOf(50)).toEqual(UNKNOWN_S);
});

test('the wait is known while users are admitted', () => {
  expect(of(50, { active: 50 })).toEqual({ estimatedWaitSeconds: 5, isWaitKnown: true });
});

test.each([{ isPaused: true }, { isSoldOut: true }])(
  'while nobody is admitted, the wait is not known, and the estimate counts from now: %j',
  (state) => {
    const counters = { active: 50, ...state };
    expect(of(50, counters)).toEqual({ estimatedWaitSeconds: 5, isWaitKnown: false });
  },
);

const gathering = { isGathering: true, opensAt: new Date(BEGIN + 3_600_000), active: 0 };

test('while a draw gathers, the wait is not known, and the estimate is that of an average place after the draw', () => {
  // 250 of 500 users, at 10 a second; for the first as for the last.
  const free = { ...rate, maxActive: 1000 };
  const at = (position: number) =>
    estimates.of({ position, counters: { ...COUNTERS, ...gathering }, rate: free });
  expect(at(1)).toEqual({ estimatedWaitSeconds: 3625, isWaitKnown: false });
  expect(at(500)).toEqual(at(1));
  now += 3_600_500;
  expect(at(1)).toEqual({ estimatedWaitSeconds: 25, isWaitKnown: false });
});

test('a long line does not poll each second around a draw', () => {
  const free = { ...rate, admitLimit: 1000, maxActive: 1_000_000 };
  const counters = { ...COUNTERS, ...gathering, waiting: 500_000 };
  for (const passedMs of [3_599_000, 3_600_000, 3_630_000]) {
    now = BEGIN + passedMs;
    const { estimatedWaitSeconds } = estimates.of({ position: 1, counters, rate: free });
    expect(pollDelayMs(estimatedWaitSeconds, () => 0.5)).toBe(15_000);
  }
});
