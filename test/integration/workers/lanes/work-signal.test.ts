/** Marks are waited for again, whatever happened to the connection that waited. */
import type { Redis } from 'ioredis';
import { expect, inject, onTestFinished, test } from 'vitest';
import { connectPatiently, untilReady } from '../../../../src/lanes/redis.ts';
import { openLog } from '../../../../src/log.ts';
import { LaneMarks } from '../../../../workers/lanes/work-signal.ts';
import { cloneServices } from '../../../support/database.ts';
import { waitFor } from '../../../support/wait-for.ts';

// A known fault: ioredis never ends a call of a connection that is closed while it is being made again.
test('lanes that change hands while Redis is away are waited for when it is back', async () => {
  const { redisPrefix } = await cloneServices();
  const redis = connectPatiently(inject('redisUrl'), openLog('test', 'silent')) as Redis;
  await untilReady(redis);
  const copies: Redis[] = [];
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = () => {
    const copy = duplicate();
    copies.push(copy);
    return copy;
  };
  const marks = new LaneMarks(redis);
  onTestFinished(() => {
    marks.rest();
    redis.disconnect();
  });
  const port = redis.options.port as number;
  redis.options.port = 1;
  marks.watch([`${redisPrefix}:one`]);
  const first = marks.begin().wait(true);
  await waitFor('it tries again', () => copies[0]?.status === 'reconnecting');

  redis.options.port = port;
  marks.watch([`${redisPrefix}:one`, `${redisPrefix}:other`]);
  await first;
  await redis.zadd(`${redisPrefix}:other`, 0, '0');
  await marks.begin().wait(true);
  expect(await redis.zcard(`${redisPrefix}:other`)).toBe(0);
});
