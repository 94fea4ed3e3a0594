/** Requests for an admission, on real Redis: none is dropped during a run in flight, and at most one is pending. */
import { type Queue, Worker } from 'bullmq';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { queuePrefix } from '../../../../../src/lanes/bullmq/keys.ts';
import { openQueue, TIMERS_QUEUE } from '../../../../../src/lanes/bullmq/queues.ts';
import { connectWithRetries, type RedisConnection } from '../../../../../src/lanes/redis/redis.ts';
import { openLog } from '../../../../../src/runtime/log.ts';
import {
  askForAdmission,
  takeAskedQueues,
} from '../../../../../workers/timers/queue/ask-for-admission.ts';
import { waitFor } from '../../../../support/wait-for.ts';

const redisPrefix = `ask-for-admission-${process.pid}`;

let redis: RedisConnection;
let queue: Queue;
let worker: Worker;
let begun: number;
let end: () => void;

beforeEach(() => {
  begun = 0;
  redis = connectWithRetries(inject('redisUrl'), openLog('test', 'silent'));
  queue = openQueue(TIMERS_QUEUE, redis, { redisPrefix });
  const admission = () => {
    begun += 1;
    return new Promise<void>((resolve) => {
      end = resolve;
    });
  };
  const prefix = queuePrefix(redisPrefix, TIMERS_QUEUE);
  worker = new Worker(TIMERS_QUEUE, admission, { connection: redis, prefix });
});

afterEach(async () => {
  await worker.close();
  await queue.close();
  redis.disconnect();
});

test('requests during an admission in flight lead to exactly one further admission', async () => {
  await askForAdmission({ queue, redis, redisPrefix }, [1]);
  await waitFor('the first to begin', () => begun === 1);
  await Promise.all([
    askForAdmission({ queue, redis, redisPrefix }, [1]),
    askForAdmission({ queue, redis, redisPrefix }, [2]),
    askForAdmission({ queue, redis, redisPrefix }, [2, 3]),
  ]);
  expect((await takeAskedQueues({ queue, redis, redisPrefix })).toSorted()).toEqual([1, 2, 3]);
  expect(await takeAskedQueues({ queue, redis, redisPrefix })).toEqual([]);
  end();
  await waitFor('the second to begin', () => begun === 2);
  end();
  await waitFor('all to be done', async () => {
    const { active, waiting } = await queue.getJobCounts('active', 'waiting');
    return active === 0 && waiting === 0;
  });
  expect(begun).toBe(2);
  await askForAdmission({ queue, redis, redisPrefix }, [1]);
  await waitFor('the third to begin', () => begun === 3);
  end();
});
