/** How long lanes are and how old what is in them, as Redis has it. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { JobAdder } from '../../../src/lanes/add-jobs.ts';
import { Backlog, type LaneBacklog } from '../../../src/lanes/backlog.ts';
import type { LaneName } from '../../../src/lanes/lanes.ts';
import { openLaneQueues, queueKeyStart } from '../../../src/lanes/queues.ts';
import { connectPatiently, type RedisConnection } from '../../../src/lanes/redis.ts';
import { openLog } from '../../../src/log.ts';

const START = 1_800_000_000_000;
let redis: RedisConnection;
let backlog: Backlog;
let adder: JobAdder;
let redisPrefix: string;
let now: number;
let count = 0;

beforeAll(() => {
  redis = connectPatiently(inject('redisUrl'), openLog('test', 'silent'));
});
beforeEach(() => {
  count += 1;
  redisPrefix = `backlog-${process.pid}-${count}`;
  now = START;
  const queues = openLaneQueues(redis, { redisPrefix, seatLanes: 2, userLanes: 1 });
  backlog = new Backlog(redis, queues, { laneLimit: 10, now: () => now });
  adder = new JobAdder(redis, { redisPrefix, now: () => now });
});
afterEach(async () => {
  const keys = await redis.keys(`${redisPrefix}:*`);
  if (keys.length > 0) await redis.del(...keys);
});
afterAll(() => redis.disconnect());

const add = (lane: LaneName, jobId: string) =>
  adder.add(lane, {
    ...{ jobId, name: 'book-seat' },
    data: { subject: 'ada', input: {}, acceptedAt: now, requestHash: '' },
  });

async function look(lane: LaneName): Promise<LaneBacklog> {
  await backlog.refresh();
  const found = new Map(backlog.entries()).get(lane);
  if (!found) throw new Error(`There is no lane ${lane}.`);
  return found;
}

const keyOf = (lane: LaneName, name: string) => queueKeyStart(redisPrefix, lane) + name;

/** What a worker does when it takes the oldest command. */
const take = (lane: LaneName) => redis.rpoplpush(keyOf(lane, 'wait'), keyOf(lane, 'active'));

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

test('a command that was taken and has no outcome yet is still the oldest', async () => {
  await add('seat-0', 'a');
  now += 4000;
  await add('seat-0', 'b');
  await take('seat-0');
  expect(await look('seat-0')).toMatchObject({ waiting: 1, oldestMs: 4000 });
  await redis.lrem(keyOf('seat-0', 'active'), 1, 'a');
  expect(await look('seat-0')).toMatchObject({ waiting: 1, oldestMs: 0 });
});

test('a job whose hash is gone has no age, and one from the future none either', async () => {
  await add('seat-0', 'a');
  await redis.del(keyOf('seat-0', 'a'));
  expect(await look('seat-0')).toMatchObject({ waiting: 1, oldestMs: 0 });
  await add('seat-1', 'b');
  now -= 5000;
  expect(await look('seat-1')).toMatchObject({ waiting: 1, oldestMs: 0 });
});
