/** What timers read of lanes. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { oldestOfAll } from '../../../../src/lanes/bullmq/inspect.ts';
import {
  ADDED_AT,
  laneJob,
  openTestLaneQueues,
  type TestLaneQueues,
} from '../../../support/lane-queues.ts';
import { openSilent } from '../../../support/network/silent-redis.ts';

let queues: TestLaneQueues;
beforeEach(() => {
  queues = openTestLaneQueues();
});
afterEach(() => queues.close());

test('the oldest job of several lanes is that of any of them; without a job there is none', async () => {
  const { redis, redisPrefix, ours } = queues;
  const oldest = () => oldestOfAll(redis, ['user-0', 'user-1'], redisPrefix);
  expect(await oldest()).toBeUndefined();
  await ours.producer.add('user-1', [laneJob('a')]);
  expect(await oldest()).toBe(ADDED_AT);
});

test('a lane that gives no answer counts as one with the oldest job', async () => {
  const { away, close } = await openSilent();
  expect(await oldestOfAll(away, ['user-0'], queues.redisPrefix)).toBe(0);
  close();
});
