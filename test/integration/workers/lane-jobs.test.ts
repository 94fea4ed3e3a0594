/** Our scripts and BullMQ on the same keys: what BullMQ adds we take, what we finish BullMQ reads. */
import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { openQueue } from '../../../src/lanes/queues.ts';
import { connectPatiently } from '../../../src/lanes/redis.ts';
import { openLog } from '../../../src/log.ts';
import { defineLaneScripts, LaneJobs } from '../../../workers/lane-jobs.ts';
import type { FinishedCommand, TakenCommand } from '../../../workers/run-batch.ts';

let redis: Redis;
let queue: Queue;
let jobs: LaneJobs;
let count = 0;

beforeAll(() => {
  redis = connectPatiently(inject('redisUrl'), openLog('test', 'silent'));
  defineLaneScripts(redis);
});
beforeEach(() => {
  count += 1;
  const redisPrefix = `lane-jobs-${process.pid}-${count}`;
  queue = openQueue('seat-0', redis, { redisPrefix, seatLanes: 8, userLanes: 8 });
  jobs = new LaneJobs(redis, { redisPrefix, lane: 'seat-0' });
});
afterAll(() => redis.disconnect());

async function add(...ids: string[]): Promise<void> {
  for (const jobId of ids) await queue.add('book-seat', { input: { jobId } }, { jobId });
}

const idsOf = (taken: readonly TakenCommand[]) => taken.map(({ jobId }) => jobId);

function finished(jobId: string, state: 'succeeded' | 'failed' = 'succeeded'): FinishedCommand {
  const about = { jobId, name: 'book-seat', subject: 'ada', acceptedAt: 1, finishedAt: 2 };
  return state === 'succeeded'
    ? { ...about, outcome: { state, result: { id: 7 } } }
    : { ...about, outcome: { state, problem: { code: 'COMMAND_FAILED', detail: 'It failed.' } } };
}

test('jobs are taken in the order in which they were added, as many as wanted', async () => {
  await add('a', 'b', 'c');
  const taken = await jobs.take(2);
  expect(idsOf(taken)).toEqual(['a', 'b']);
  expect(taken[0]).toMatchObject({ name: 'book-seat', accepted: { input: { jobId: 'a' } } });
  expect((await queue.getJob('a'))?.processedOn).toBeGreaterThan(0);
});

test('what was taken and not finished comes first, in its order, before anything new', async () => {
  await add('a', 'b', 'c', 'd');
  await jobs.take(3);
  expect(idsOf(await jobs.take(10))).toEqual(['a', 'b', 'c']);
  await jobs.finish([finished('a'), finished('b'), finished('c')]);
  expect(idsOf(await jobs.take(10))).toEqual(['d']);
});

test('BullMQ reads what we have finished, and what has failed', async () => {
  await add('a', 'b');
  await jobs.take(2);
  await jobs.finish([finished('a'), finished('b', 'failed')]);
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
  await jobs.take(1);
  await jobs.finish([finished('a')]);
  await add('a');
  expect(await jobs.take(1)).toEqual([]);
});

test('finishing twice, or a job that is gone, does no harm', async () => {
  await add('a', 'b');
  await jobs.take(2);
  await (await queue.getJob('b'))?.remove().catch(() => undefined);
  await jobs.finish([finished('a'), finished('b')]);
  await jobs.finish([finished('a'), finished('b')]);
  expect(await jobs.take(5)).toEqual([]);
  expect(await queue.getJobCountByTypes('active')).toBe(0);
});

test('a lane that operators have paused gives nothing until it is resumed', async () => {
  await add('a');
  await queue.pause();
  expect(await jobs.take(1)).toEqual([]);
  await queue.resume();
  expect(idsOf(await jobs.take(1))).toEqual(['a']);
});

test('a job is announced by the mark for which an idle loop waits', async () => {
  await add('a');
  expect(await redis.exists(jobs.markerKey)).toBe(1);
});

test('finished jobs are dropped when there are too many', async () => {
  const ids = Array.from({ length: 2100 }, (_, index) => `job-${index}`);
  await queue.addBulk(ids.map((jobId) => ({ name: 'book-seat', data: {}, opts: { jobId } })));
  for (let taken = await jobs.take(700); taken.length > 0; taken = await jobs.take(700)) {
    await jobs.finish(taken.map(({ jobId }) => finished(jobId)));
  }
  expect(await queue.getJobCountByTypes('completed')).toBe(2000);
  expect(await queue.getJob('job-0')).toBeUndefined();
  expect(await queue.getJob('job-2099')).toBeDefined();
});
