/** BullMQ and Bull Board can read, count and process jobs that our scripts added, took and finished. */
import { Worker } from 'bullmq';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addBullBoard } from '../../../../src/http/ops/bull-board.ts';
import type { LaneConsumer } from '../../../../src/lanes/lane-queue.ts';
import {
  ADDED_AT,
  finishedJob,
  laneJob,
  openTestLaneQueues,
  type TestLaneQueues,
} from '../../../support/lane-queues.ts';

const LANE = 'seat-0';
const IDS = ['waiting', 'active', 'succeeded', 'rejected', 'failed'].map((name) => `job-${name}`);
let queues: TestLaneQueues;
let consumer: LaneConsumer;
let finishedAfter: number;

/** Leaves one job in each state. */
beforeEach(async () => {
  queues = openTestLaneQueues();
  consumer = queues.ours.openConsumer();
  const { producer } = queues.ours;
  const [waiting = '', ...others] = IDS;
  await producer.add(
    LANE,
    others.map((id) => laneJob(id)),
  );
  await producer.add(LANE, [laneJob(waiting)]);
  await consumer.take([LANE], others.length);
  finishedAfter = Date.now();
  await consumer.finish(
    new Map([
      [
        LANE,
        [
          finishedJob('job-succeeded'),
          finishedJob('job-rejected', 'rejected'),
          finishedJob('job-failed', 'failed'),
        ],
      ],
    ]),
  );
});
afterEach(() => queues.close());

const resultOf = (id: string, state: 'succeeded' | 'rejected') => {
  const { outcome, finishedAt } = finishedJob(id, state);
  return { outcome, finishedAt };
};

describe('BullMQ', () => {
  const jobs = () =>
    Promise.all(IDS.map(async (id) => (await queues.queueOf(LANE).getJob(id)) ?? expect.fail(id)));

  test('knows the state of each job', async () => {
    const states = await Promise.all((await jobs()).map((job) => job.getState()));
    expect(states).toEqual(['waiting', 'active', 'completed', 'completed', 'failed']);
  });

  test('counts the jobs and lists them by state', async () => {
    const queue = queues.queueOf(LANE);
    expect(await queue.getJobCounts('waiting', 'active', 'completed', 'failed', 'delayed')).toEqual(
      {
        waiting: 1,
        active: 1,
        completed: 2,
        failed: 1,
        delayed: 0,
      },
    );
    const listed = await Promise.all([
      queue.getWaiting(),
      queue.getActive(),
      queue.getCompleted(),
      queue.getFailed(),
    ]);
    expect(listed.map((each) => each.map(({ id }) => id).toSorted())).toEqual([
      ['job-waiting'],
      ['job-active'],
      ['job-rejected', 'job-succeeded'],
      ['job-failed'],
    ]);
  });

  test('reads name, data, results and times', async () => {
    const [waiting, active, succeeded, rejected, failed] = await jobs();
    for (const job of [waiting, active, succeeded, rejected, failed]) {
      expect(job).toMatchObject({ name: 'book-seat', timestamp: ADDED_AT });
      expect(job?.data).toEqual(laneJob('').accepted);
    }
    expect(waiting?.processedOn).toBeUndefined();
    expect(active).toMatchObject({ processedOn: expect.any(Number), attemptsMade: 0 });
    expect(active?.finishedOn).toBeUndefined();
    for (const job of [succeeded, rejected, failed]) {
      expect(job?.processedOn).toBeLessThanOrEqual(finishedAfter);
      expect(job?.finishedOn).toBeGreaterThanOrEqual(finishedAfter);
      expect(job?.attemptsMade).toBe(1);
    }
    expect(succeeded?.returnvalue).toEqual(resultOf('job-succeeded', 'succeeded'));
    expect(rejected?.returnvalue).toEqual(resultOf('job-rejected', 'rejected'));
    expect(failed?.failedReason).toBe('It failed.');
  });

  test('removes a job without a trace', async () => {
    await (await queues.queueOf(LANE).getJob('job-succeeded'))?.remove();
    await (await queues.queueOf(LANE).getJob('job-waiting'))?.remove();
    expect(await queues.queueOf(LANE).getJobCounts('waiting', 'completed')).toEqual({
      waiting: 0,
      completed: 1,
    });
    expect(await queues.ours.producer.find(LANE, 'job-succeeded')).toBeUndefined();
  });

  test('retries a failed job, and our consumer takes it again', async () => {
    await (await queues.queueOf(LANE).getJob('job-failed'))?.retry();
    await consumer.finish(new Map([[LANE, [finishedJob('job-active')]]]));
    const taken = (await consumer.take([LANE], 10)).get(LANE) ?? [];
    expect(taken.map(({ jobId }) => jobId).toSorted()).toEqual(['job-failed', 'job-waiting']);
  });

  test('processes jobs that we added with its own worker', async () => {
    const done: unknown[] = [];
    const { prefix = '' } = queues.queueOf('user-0').opts;
    const worker = new Worker('user-0', async ({ id, data }) => done.push([id, data]), {
      connection: queues.redis,
      prefix,
      skipVersionCheck: true,
    });
    const third = new Promise((resolve) => {
      worker.on('completed', () => done.length === 3 && resolve(undefined));
    });
    await queues.ours.producer.add(
      'user-0',
      ['a', 'b', 'c'].map((id) => laneJob(id)),
    );
    await third;
    expect(done).toEqual(['a', 'b', 'c'].map((id) => [id, laneJob(id).accepted]));
    await worker.close();
  });
});

describe('Bull Board', () => {
  async function look(status: string) {
    const app = new Hono();
    addBullBoard(app, '/admin/queues', {
      laneQueues: [queues.queueOf(LANE)],
      otherQueues: [],
      ownershipOf: () => undefined,
    });
    const path = `/admin/queues/api/queues?activeQueue=${LANE}&status=${status}`;
    const { queues: shown } = (await (await app.request(path)).json()) as any;
    return shown[0];
  }

  test('shows the counts', async () => {
    expect((await look('latest')).counts).toMatchObject({
      waiting: 1,
      active: 1,
      completed: 2,
      failed: 1,
    });
  });

  test('shows jobs with data, results and times', async () => {
    const { jobs: completed } = await look('completed');
    const succeeded = completed.find(({ id }: { id: string }) => id === 'job-succeeded');
    expect(succeeded).toMatchObject({
      name: 'book-seat',
      data: laneJob('').accepted,
      timestamp: ADDED_AT,
      isFailed: false,
      returnValue: resultOf('job-succeeded', 'succeeded'),
      attempts: 1,
    });
    expect(succeeded.finishedOn).toBeGreaterThanOrEqual(succeeded.processedOn);
    const { jobs: failed } = await look('failed');
    expect(failed).toMatchObject([
      { id: 'job-failed', failedReason: 'It failed.', isFailed: true, attempts: 1 },
    ]);
    const [active, waiting] = [await look('active'), await look('waiting')];
    expect(active.jobs).toMatchObject([{ id: 'job-active', processedOn: expect.any(Number) }]);
    expect(waiting.jobs).toMatchObject([{ id: 'job-waiting' }]);
  });
});
