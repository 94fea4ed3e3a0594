/** What is kept of the waiting queues, and what announcements change of it. */
import { beforeEach, expect, test } from 'vitest';
import type { QueueCounters } from '../../../../src/db/reads/queue/counters.ts';
import type { KnownLine, LineBlock } from '../../../../src/db/reads/queue/line.ts';
import { QueuesInMemory } from '../../../../src/http/queue/queues-in-memory.ts';
import { COUNTERS, goneUpTo, OTHER, RATE, reached } from './house-queue.ts';

let counters: QueueCounters;
/** What the database says of the lines, and which of it was asked for. */
let blocks: LineBlock[];
let known: KnownLine[];
let lookedUp: number[];
/** A test can delay this read to change something meanwhile. */
let reads: () => Promise<void>;
let queues: QueuesInMemory;

beforeEach(async () => {
  counters = COUNTERS;
  blocks = [goneUpTo(4)];
  lookedUp = [];
  reads = async () => undefined;
  queues = new QueuesInMemory({
    readCounters: async () => {
      await reads();
      return [counters, OTHER];
    },
    async readLines(asked) {
      known = [...asked];
      return blocks;
    },
    async hasQueue(queueId) {
      lookedUp.push(queueId);
      return queueId === counters.id;
    },
    rate: RATE,
  });
  await queues.refresh();
});

test('only what has changed of a line since the last read is read', async () => {
  await queues.refresh();
  expect(known).toContainEqual({ queueId: 1, users: -1, system: 1 });
});

test('a line that was read before a failover is dropped, as is one that is being read meanwhile', async () => {
  const reading = Promise.withResolvers<void>();
  reads = () => reading.promise;
  const before = queues.refresh();
  queues.forgetAll();
  blocks = [goneUpTo(5, 9)];
  reading.resolve();
  await before;
  blocks = [goneUpTo(2)];
  await queues.refresh();
  await queues.refresh();
  expect(known).toContainEqual({ queueId: 1, users: -1, system: 1 });
  expect(queues.lineOf(1).inLineBefore(6)).toBe(3);
});

test('counters read before an announced admission do not revert it', async () => {
  queues.onAdmission(reached(7));
  await queues.refresh();
  expect(queues.countersOf(1).lastAdmitted).toBe(7);
  counters = { ...COUNTERS, lastAdmitted: 9 };
  await queues.refresh();
  expect(queues.countersOf(1).lastAdmitted).toBe(9);
});

test('after a failover the last known counters are served until they are reread', async () => {
  queues.onAdmission(reached(7));
  const reading = Promise.withResolvers<void>();
  let isRead = false;
  reads = () => {
    isRead = true;
    return reading.promise;
  };
  // The transactions that admitted 3 to 7 are lost.
  counters = { ...COUNTERS, waiting: 12, lastAdmitted: 2 };
  queues.forgetAll();
  expect(isRead).toBe(true);
  expect(queues.countersOf(1)).toEqual({ ...COUNTERS, lastAdmitted: 7 });
  reading.resolve();
  await queues.refresh();
  expect(queues.countersOf(1)).toEqual(counters);
});

test('a late announcement changes nothing', () => {
  queues.onAdmission(reached(2));
  expect(queues.countersOf(1).lastAdmitted).toBe(4);
});

test('a change of the admission is visible at once and not reverted by older counters', async () => {
  const reading = Promise.withResolvers<void>();
  reads = () => reading.promise;
  const refreshed = queues.refresh();
  const result = {
    queueId: 1,
    isPaused: true,
    admitLimit: 7,
    admitWindowSeconds: 2,
    maxActive: null,
  };
  queues.onAnnouncements([
    {
      jobId: 'user-0.7',
      name: 'set-admission',
      outcome: { state: 'succeeded', result },
      acceptedAt: 1,
      finishedAt: 2,
    },
  ]);
  expect(queues.countersOf(1).isPaused).toBe(true);
  reading.resolve();
  await refreshed;
  expect(queues.countersOf(1).isPaused).toBe(true);
  expect(queues.rateOf(1)).toMatchObject({ admitLimit: 7, admitWindowMs: 2000, maxActive: 1000 });
  await queues.refresh();
  expect(queues.countersOf(1).isPaused).toBe(false);
});

test('a queue that this process does not know is looked for before it is said not to exist', async () => {
  expect(await queues.exists(3)).toBe(false);
  counters = { ...COUNTERS, id: 3 };
  expect(await queues.exists(3)).toBe(true);
});

test('ids that do not exist cost no read of the counters, and those that cannot exist none at all', async () => {
  reads = () => Promise.reject(new Error('The counters were read.'));
  expect(await queues.exists(9)).toBe(false);
  expect(await queues.exists(32_768)).toBe(false);
  expect(lookedUp).toEqual([9]);
});

test('after an announced change they are read once more, and not without one', async () => {
  let count = 0;
  reads = async () => {
    count += 1;
  };
  const announced = (name: string) =>
    queues.onAnnouncements([
      {
        ...{ jobId: 'user-0.7', name, acceptedAt: 1, finishedAt: 2 },
        outcome: { state: 'succeeded', result: {} },
      },
    ]);
  announced('charge-points');
  await queues.refreshChanged();
  expect(count).toBe(0);
  announced('create-queue');
  await queues.refreshChanged();
  await queues.refreshChanged();
  expect(count).toBe(1);
  queues.onAdmission(reached(7));
  await queues.refreshChanged();
  expect(count).toBe(2);
});
