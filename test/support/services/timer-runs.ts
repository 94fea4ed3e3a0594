/** Waits for timers by what BullMQ keeps of their runs. */
import type { Job } from 'bullmq';
import { openQueue, TIMERS_QUEUE } from '../../../src/lanes/bullmq/queues.ts';
import { connectWithRetries } from '../../../src/lanes/redis/redis.ts';
import { openLog } from '../../../src/runtime/log.ts';
import { waitFor } from '../wait-for.ts';
import type { TestSeatlane } from './seatlane.ts';

/** Waits until a timer has begun and completed so many runs from now on. */
export async function untilTimerRan(
  { services, config }: Pick<TestSeatlane, 'services' | 'config'>,
  timer: string,
  times: number,
): Promise<void> {
  const redis = connectWithRetries(services.redisUrl, openLog('test', 'silent'));
  const queue = openQueue(TIMERS_QUEUE, redis, config);
  const since = Date.now();
  const isLater = ({ name, processedOn = 0 }: Job) => name === timer && processedOn > since;
  await waitFor(`${timer} to run ${times} times`, async () => {
    const done = await queue.getCompleted();
    return done.filter(isLater).length >= times;
  });
  await queue.close();
  redis.disconnect();
}
