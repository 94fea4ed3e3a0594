/**
 * How jobs are sent to Redis: all jobs of one turn of the event loop in one call, with a marker that wakes an idle consumer.
 */
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BullmqProducer } from '../../../../src/lanes/bullmq/producer.ts';
import type { ScriptedRedis } from '../../../../src/lanes/bullmq/scripts.ts';
import { laneJob, openTestLaneQueues, type TestLaneQueues } from '../../../support/lane-queues.ts';

let queues: TestLaneQueues;
beforeEach(() => {
  queues = openTestLaneQueues();
});
afterEach(() => queues.close());

test('jobs added in one turn of the event loop are sent to Redis in one call, each to its own lane', async () => {
  const { producer } = queues.ours;
  const addJobs = vi.spyOn(queues.redis as ScriptedRedis, 'addJobs');
  await Promise.all([
    producer.add('seat-0', [laneJob('a'), laneJob('b')]),
    producer.add('user-1', [laneJob('c')]),
    producer.add('seat-0', [laneJob('d')]),
  ]);
  expect(addJobs).toHaveBeenCalledTimes(1);
  await producer.add('seat-0', [laneJob('e')]);
  const waiting = await queues.queueOf('seat-0').getWaiting();
  expect(waiting.map(({ id }) => id)).toEqual(['a', 'b', 'd', 'e']);
  expect(await queues.queueOf('user-1').getWaitingCount()).toBe(1);
});

test('a lane with a new job gets the marker that wakes its consumer, and a paused lane gets none', async () => {
  const { producer } = queues.ours;
  const isMarked = () => queues.redis.exists(queues.keyOf('seat-0', 'marker'));
  await queues.queueOf('seat-0').pause();
  await producer.add('seat-0', [laneJob('a')]);
  expect(await isMarked()).toBe(0);
  await queues.queueOf('seat-0').resume();
  await queues.redis.del(queues.keyOf('seat-0', 'marker'));
  await producer.add('seat-0', [laneJob('a')]);
  expect(await isMarked()).toBe(0);
  await producer.add('seat-0', [laneJob('b')]);
  expect(await isMarked()).toBe(1);
});

test('a wait removes the marker, so that an idle lane wakes its consumer once', async () => {
  await queues.ours.producer.add('seat-0', [laneJob('a')]);
  const consumer = queues.ours.openConsumer();
  await consumer.waitForJobs(['seat-0']);
  expect(await queues.redis.exists(queues.keyOf('seat-0', 'marker'))).toBe(0);
});

test('every job of a turn fails if Redis cannot be reached', async () => {
  const away = new Redis(1, { lazyConnect: true, enableOfflineQueue: false });
  away.on('error', () => undefined);
  const { redisPrefix } = queues;
  const producer = new BullmqProducer(away, { redisPrefix, queues: new Map(), now: () => 1 });
  const added = ['a', 'b'].map((id) => producer.add('seat-0', [laneJob(id)]));
  const settled = await Promise.allSettled(added);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  away.disconnect();
});
