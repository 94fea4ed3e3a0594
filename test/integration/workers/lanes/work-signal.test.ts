/** Jobs are waited for again, whatever happened to the connection that waited. */
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { BullmqConsumer } from '../../../../src/lanes/bullmq/consumer.ts';
import { markerKey } from '../../../../src/lanes/bullmq/keys.ts';
import { connectPatiently, untilReady } from '../../../../src/lanes/redis/redis.ts';
import { openLog } from '../../../../src/runtime/log.ts';
import { WorkSignal } from '../../../../workers/lanes/work-signal.ts';
import { cloneServices } from '../../../support/services/database.ts';
import { waitFor } from '../../../support/wait-for.ts';

let redisPrefix: string;
let redis: Redis;
let consumer: BullmqConsumer;
/** The connections on which it has waited. */
let copies: Redis[];
let port: number;

/** Redis cannot be reached by new connections. */
beforeEach(async () => {
  ({ redisPrefix } = await cloneServices());
  redis = connectPatiently(inject('redisUrl'), openLog('test', 'silent')) as Redis;
  await untilReady(redis);
  copies = [];
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = () => {
    const copy = duplicate();
    copies.push(copy);
    return copy;
  };
  consumer = new BullmqConsumer(redis, redisPrefix);
  port = redis.options.port as number;
  redis.options.port = 1;
});
afterEach(() => {
  consumer.stopWaiting();
  redis.disconnect();
});

const untilReconnecting = () =>
  waitFor('it tries again', () => copies[0]?.status === 'reconnecting');

// A known fault: ioredis never ends a call of a connection that is closed while it is being made again.
test('lanes that change hands while Redis is away are waited for when it is back', async () => {
  const signal = new WorkSignal(consumer);
  signal.watch(['seat-0']);
  const first = signal.begin().wait(true);
  await untilReconnecting();

  redis.options.port = port;
  signal.watch(['seat-0', 'user-0']);
  await first;
  const marker = markerKey(redisPrefix, 'user-0');
  await redis.zadd(marker, 0, '0');
  await signal.begin().wait(true);
  expect(await redis.zcard(marker)).toBe(0);
});

test('a wait that is stopped ends, even while its connection is being made again', async () => {
  const waiting = consumer.waitForJobs(['seat-0']);
  await untilReconnecting();
  consumer.stopWaiting();
  await waiting;
});
