/** Our scripts and BullMQ on the same keys: what BullMQ adds we take, what we finish BullMQ reads. */
import type { Queue } from 'bullmq';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import type { LaneName } from '../../../src/lanes/lanes.ts';
import { openQueue } from '../../../src/lanes/queues.ts';
import { connectPatiently, type RedisConnection } from '../../../src/lanes/redis.ts';
import { openLog } from '../../../src/log.ts';
import type { FinishedCommand, TakenCommand } from '../../../workers/batch/batch.ts';
import { LaneJobs } from '../../../workers/lane-jobs.ts';
import { defineLaneScripts } from '../../../workers/lane-scripts.ts';

let redis: RedisConnection;
let queue: Queue;
let other: Queue;
let jobs: LaneJobs;
let count = 0;

beforeAll(() => {
  redis = connectPatiently(inject('redisUrl'), openLog('test', 'silent'));
  defineLaneScripts(redis);
});
let openLane: (name: LaneName) => Queue;
beforeEach(() => {
  count += 1;
  const redisPrefix = `lane-jobs-${process.pid}-${count}`;
  openLane = (name) => openQueue(name, redis, { redisPrefix, seatLanes: 8, userLanes: 8 });
  queue = openLane('seat-0');
  other = openLane('user-1');
  jobs = new LaneJobs(redis, redisPrefix);
});
afterAll(() => redis.disconnect());

async function add(...ids: string[]): Promise<void> {
  for (const jobId of ids) await queue.add('book-seat', { input: { jobId } }, { jobId });
}

const idsOf = (taken: readonly TakenCommand[]) => taken.map(({ jobId }) => jobId);

/** Of the one lane that most tests are about. */
const take = async (max: number) => (await jobs.take(['seat-0'], max)).get('seat-0') ?? [];
const finish = (commands: FinishedCommand[]) => jobs.finish(new Map([['seat-0', commands]]));

function finished(jobId: string, state: 'succeeded' | 'failed' = 'succeeded'): FinishedCommand {
  const about = { jobId, name: 'book-seat', subject: 'ada', acceptedAt: 1, finishedAt: 2 };
  return state === 'succeeded'
    ? { ...about, outcome: { state, result: { id: 7 } } }
    : { ...about, outcome: { state, problem: { code: 'COMMAND_FAILED', detail: 'It failed.' } } };
}

test('jobs are taken in the order in which they were added, as many as wanted', async () => {
  await add('a', 'b', 'c');
  const taken = await take(2);
  expect(idsOf(taken)).toEqual(['a', 'b']);
  expect(taken[0]).toMatchObject({ name: 'book-seat', accepted: { input: { jobId: 'a' } } });
  expect((await queue.getJob('a'))?.processedOn).toBeGreaterThan(0);
});

test('what was taken and not finished comes first, in its order, before anything new', async () => {
  await add('a', 'b', 'c', 'd');
  await take(3);
  expect(idsOf(await take(10))).toEqual(['a', 'b', 'c']);
  await finish([finished('a'), finished('b'), finished('c')]);
  expect(idsOf(await take(10))).toEqual(['d']);
});

test('BullMQ reads what we have finished, and what has failed', async () => {
  await add('a', 'b');
  await take(2);
  await finish([finished('a'), finished('b', 'failed')]);
  const [done, failed] = await Promise.all([queue.getJob('a'), queue.getJob('b')]);
  expect(await done?.getState()).toBe('completed');
  expect(done?.returnvalue).toEqual({ outcome: finished('a').outcome, finishedAt: 2 });
  expect(await failed?.getState()).toBe('failed');
  expect(failed?.failedReason).toBe('It failed.');
  expect(await queue.getJobCounts('active', 'waiting', 'completed', 'failed')).toEqual({
    ...{ active: 0, waiting: 0, completed: 1, failed: 1 },
  });
});

test('an id that has finished is not taken again when it is added again', async () => {
  await add('a');
  await take(1);
  await finish([finished('a')]);
  await add('a');
  expect(await take(1)).toEqual([]);
});

test('finishing twice, or a job that is gone, does no harm', async () => {
  await add('a', 'b');
  await take(2);
  await (await queue.getJob('b'))?.remove().catch(() => undefined);
  await finish([finished('a'), finished('b')]);
  await finish([finished('a'), finished('b')]);
  expect(await take(5)).toEqual([]);
  expect(await queue.getJobCountByTypes('active')).toBe(0);
});

test('a lane that operators have paused gives nothing until it is resumed', async () => {
  await add('a');
  await queue.pause();
  expect(await take(1)).toEqual([]);
  await queue.resume();
  expect(idsOf(await take(1))).toEqual(['a']);
});

test('a job is announced by the mark for which an idle loop waits', async () => {
  await add('a');
  expect(await redis.exists(jobs.markerKey('seat-0'))).toBe(1);
});

test('finished jobs are dropped when there are too many', async () => {
  const ids = Array.from({ length: 2100 }, (_, index) => `job-${index}`);
  await queue.addBulk(ids.map((jobId) => ({ name: 'book-seat', data: {}, opts: { jobId } })));
  for (let taken = await take(700); taken.length > 0; taken = await take(700)) {
    await finish(taken.map(({ jobId }) => finished(jobId)));
  }
  expect(await queue.getJobCountByTypes('completed')).toBe(2000);
  expect(await queue.getJob('job-0')).toBeUndefined();
  expect(await queue.getJob('job-2099')).toBeDefined();
});

describe('of several lanes at once', () => {
  const lanes = ['seat-0', 'user-1'] as const;
  const addTo = (queue: Queue, name: string, count: number) =>
    queue.addBulk(
      Array.from({ length: count }, (_, index) => ({
        ...{ name: 'book-seat', data: {} },
        opts: { jobId: `${name}${index}` },
      })),
    );
  const takeBoth = async (max: number) => {
    const taken = await jobs.take(lanes, max);
    return lanes.map((lane) => idsOf(taken.get(lane) ?? []));
  };

  test('each gives its own, in its order', async () => {
    await addTo(queue, 'a', 2);
    await addTo(other, 'b', 3);
    expect(await takeBoth(10)).toEqual([
      ['a0', 'a1'],
      ['b0', 'b1', 'b2'],
    ]);
  });

  test('a long one leaves room for a short one, and takes what that leaves', async () => {
    await addTo(queue, 'a', 100);
    await addTo(other, 'b', 2);
    const [long = [], short = []] = await takeBoth(10);
    expect(short).toEqual(['b0', 'b1']);
    expect(long).toEqual(Array.from({ length: 8 }, (_, index) => `a${index}`));
  });

  test('what one has left in hand comes first, and the other is not kept from its own', async () => {
    await addTo(queue, 'a', 2);
    await take(2);
    await addTo(queue, 'c', 1);
    await addTo(other, 'b', 1);
    expect(await takeBoth(10)).toEqual([['a0', 'a1'], ['b0']]);
  });

  test('all are finished in one call', async () => {
    await addTo(queue, 'a', 1);
    await addTo(other, 'b', 2);
    await takeBoth(10);
    await jobs.finish(
      new Map([
        ['seat-0', [finished('a0')]],
        ['user-1', [finished('b0'), finished('b1', 'failed')]],
      ]),
    );
    expect(await queue.getJobCounts('active', 'completed')).toEqual({ active: 0, completed: 1 });
    expect(await other.getJobCounts('active', 'completed', 'failed')).toEqual({
      ...{ active: 0, completed: 1, failed: 1 },
    });
  });

  test('where more lanes have jobs than may be taken, each gets its turn', async () => {
    const four = ['seat-0', 'user-1', 'seat-2', 'seat-3'] as const;
    const queues = [queue, other, openLane('seat-2'), openLane('seat-3')];
    await Promise.all(queues.map((each, index) => addTo(each, `lane${index}-`, 10)));
    // A dead owner had all of them in its hands.
    await jobs.take(four, 40);
    const given = new Map<string, number>();
    for (let turn = 0; turn < 4; turn += 1) {
      const taken = await jobs.take(four, 2);
      const counts = [...taken].map(([lane, commands]) => [lane, commands.length] as const);
      expect(counts.reduce((sum, [, length]) => sum + length, 0)).toBe(2);
      for (const [lane, length] of counts) given.set(lane, (given.get(lane) ?? 0) + length);
    }
    expect([...given.keys()].toSorted()).toEqual([...four].toSorted());
  });
});

describe('a lane with blocked jobs', () => {
  const takeBeside = async (blocked: string[], max = 10) =>
    idsOf((await jobs.take(['seat-0'], max, () => blocked)).get('seat-0') ?? []);

  test('gives what is pending, though the blocked jobs stand before it', async () => {
    await add('a', 'b', 'c', 'd');
    await take(2);
    expect(await takeBeside(['a', 'b'])).toEqual(['c', 'd']);
  });

  test('gives what a former owner left in hand before anything pending, and no blocked job', async () => {
    await add('a', 'b', 'c', 'd');
    await take(3);
    expect(await takeBeside(['b'])).toEqual(['a', 'c']);
    expect(await takeBeside(['a', 'b', 'c'])).toEqual(['d']);
  });

  test('gives all that was left in hand, however many blocked jobs stand before it', async () => {
    const blocked = Array.from({ length: 20 }, (_, index) => `blocked${index}`);
    await add(...blocked, 'left', 'pending');
    await take(21);
    expect(await takeBeside(blocked, 5)).toEqual(['left']);
  });

  test('gives them again to an owner that knows nothing of them', async () => {
    await add('a', 'b');
    await take(2);
    expect(await takeBeside([])).toEqual(['a', 'b']);
  });
});
