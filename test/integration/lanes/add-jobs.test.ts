/** Our script and BullMQ on the same keys: what we add, BullMQ reads, shows and works on. */
import { type Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { JobAdder } from '../../../src/lanes/add-jobs.ts';
import { openQueue, queueKeyStart, queuePrefix } from '../../../src/lanes/queues.ts';
import { connectPatiently, type RedisConnection } from '../../../src/lanes/redis.ts';
import { openLog } from '../../../src/log.ts';

const NOW = 1_700_000_000_000;
let redis: RedisConnection;
let queue: Queue;
let adder: JobAdder;
let redisPrefix: string;
let count = 0;

beforeAll(() => {
  redis = connectPatiently(inject('redisUrl'), openLog('test', 'silent'));
});

beforeEach(() => {
  count += 1;
  redisPrefix = `add-jobs-${process.pid}-${count}`;
  queue = openQueue('seat-0', redis, { redisPrefix, seatLanes: 8, userLanes: 8 });
  adder = new JobAdder(redis, { redisPrefix, now: () => NOW });
});

afterEach(() => queue.obliterate({ force: true }));

afterAll(() => redis.disconnect());

const job = (jobId: string, subject = 'ada') => ({
  ...{ jobId, name: 'book-seat' },
  data: {
    ...{ subject, userName: undefined, input: { seatId: 7 }, acceptedAt: NOW },
    ...{ requestHash: '', queueNumber: undefined },
  },
});

test('a job has the name, the data and the time that BullMQ would have given it', async () => {
  await adder.add('seat-0', job('a', 'Łukasz 🎫'));
  const read = await queue.getJob('a');
  expect(read?.name).toBe('book-seat');
  expect(read?.data).toEqual({ ...job('a', 'Łukasz 🎫').data });
  expect(read?.timestamp).toBe(NOW);
  expect(await read?.getState()).toBe('waiting');
});

test('jobs stand in the order in which they were added, in one turn and in several', async () => {
  await Promise.all(['a', 'b', 'c'].map((id) => adder.add('seat-0', job(id))));
  await adder.add('seat-0', job('d'));
  const waiting = await queue.getWaiting();
  expect(waiting.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
});

test('jobs of one turn go each to its own lane', async () => {
  await Promise.all([adder.add('seat-0', job('a')), adder.add('seat-1', job('b'))]);
  expect((await queue.getWaiting()).map(({ id }) => id)).toEqual(['a']);
  const other = queueKeyStart(redisPrefix, 'seat-1');
  expect(await redis.lrange(`${other}wait`, 0, -1)).toEqual(['b']);
  await redis.del(`${other}wait`, `${other}b`);
});

test('a job that is there already is left as it is, also when it has finished', async () => {
  await Promise.all([adder.add('seat-0', job('a', 'ada')), adder.add('seat-0', job('a', 'bob'))]);
  await adder.add('seat-0', job('a', 'bob'));
  expect((await queue.getWaiting()).map(({ data }) => data.subject)).toEqual(['ada']);
  await redis.lrem(queue.toKey('wait'), 0, 'a');
  await redis.zadd(queue.toKey('completed'), NOW, 'a');
  await adder.add('seat-0', job('a', 'bob'));
  expect(await queue.getWaitingCount()).toBe(0);
});

test('a worker of BullMQ’s own carries them out', async () => {
  const done: string[] = [];
  const worker = new Worker('seat-0', async ({ id }) => done.push(id as string), {
    connection: redis,
    prefix: queuePrefix(redisPrefix, 'seat-0'),
  });
  const third = new Promise((resolve) => {
    worker.on('completed', () => done.length === 3 && resolve(undefined));
  });
  await Promise.all(['a', 'b', 'c'].map((id) => adder.add('seat-0', job(id))));
  await third;
  expect(done).toEqual(['a', 'b', 'c']);
  await worker.close();
});

test('a queue that is paused gets no mark, so that its consumer sleeps on', async () => {
  await queue.pause();
  await adder.add('seat-0', job('a'));
  expect(await redis.exists(queue.toKey('marker'))).toBe(0);
});

test('all of a turn hear of it when Redis is away', async () => {
  const away = new Redis(1, { lazyConnect: true, enableOfflineQueue: false });
  away.on('error', () => undefined);
  const failing = new JobAdder(away, { redisPrefix, now: () => NOW });
  const added = ['a', 'b'].map((id) => failing.add('seat-0', job(id)));
  const settled = await Promise.allSettled(added);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  away.disconnect();
});
