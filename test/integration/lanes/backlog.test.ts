/** The lengths of lanes and the age of their oldest commands, as read from Redis. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Backlog, type LaneBacklog } from '../../../src/lanes/backlog.ts';
import type { LaneConsumer } from '../../../src/lanes/lane-queue.ts';
import type { LaneName } from '../../../src/lanes/lanes.ts';
import {
  ADDED_AT,
  finishedJob,
  laneJob,
  openTestLaneQueues,
  type TestLaneQueues,
} from '../../support/lane-queues.ts';

let queues: TestLaneQueues;
let consumer: LaneConsumer;
let backlog: Backlog;
let now: number;

beforeEach(() => {
  queues = openTestLaneQueues({ now: () => now });
  consumer = queues.ours.openConsumer();
  now = ADDED_AT;
  const lanes: LaneName[] = ['seat-0', 'seat-1', 'user-0'];
  backlog = new Backlog(queues.ours.producer, lanes, { laneLimit: 10, now: () => now });
});
afterEach(() => queues.close());

const add = (lane: LaneName, jobId: string) => queues.ours.producer.add(lane, [laneJob(jobId)]);

async function look(lane: LaneName): Promise<LaneBacklog> {
  await backlog.refresh();
  const found = new Map(backlog.entries()).get(lane);
  if (!found) throw new Error(`There is no lane ${lane}.`);
  return found;
}

test('an empty lane has no oldest command', async () => {
  expect(await look('seat-0')).toMatchObject({ waiting: 0, oldestMs: 0 });
});

test('the oldest command of a lane is the one that was added first', async () => {
  await add('seat-0', 'a');
  now += 4000;
  await add('seat-0', 'b');
  await add('seat-1', 'c');
  now += 1000;
  expect(await look('seat-0')).toMatchObject({ waiting: 2, oldestMs: 5000 });
  expect(await look('seat-1')).toMatchObject({ waiting: 1, oldestMs: 1000 });
  expect(await look('user-0')).toMatchObject({ waiting: 0, oldestMs: 0 });
});

test('a taken command without an outcome is still the oldest', async () => {
  await add('seat-0', 'a');
  now += 4000;
  await add('seat-0', 'b');
  await consumer.take(['seat-0'], 1);
  expect(await look('seat-0')).toMatchObject({ waiting: 1, oldestMs: 4000 });
  await consumer.finish(new Map([['seat-0', [finishedJob('a')]]]));
  expect(await look('seat-0')).toMatchObject({ waiting: 1, oldestMs: 0 });
});

test('a job without a hash has no age, and neither has one with a future timestamp', async () => {
  await add('seat-0', 'a');
  await queues.redis.del(queues.keyOf('seat-0', 'a'));
  expect(await look('seat-0')).toMatchObject({ waiting: 1, oldestMs: 0 });
  await add('seat-1', 'b');
  now -= 5000;
  expect(await look('seat-1')).toMatchObject({ waiting: 1, oldestMs: 0 });
});
