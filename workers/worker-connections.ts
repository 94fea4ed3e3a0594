/** The connections of a worker process: to PostgreSQL, to Redis, and the queues there. */
import type { Logger } from 'pino';
import type { Config } from '../src/config/config.ts';
import { DeadConnections } from '../src/db/connection/dead-connections.ts';
import { openDatabase } from '../src/db/connection/orm.ts';
import { openQueue, TIMERS_QUEUE } from '../src/lanes/bullmq/queues.ts';
import { connectWithRetries, untilReady } from '../src/lanes/redis/redis.ts';
import type { Remembered } from './batch/remembered.ts';
import { openOutboxQueues } from './outbox/open.ts';

/** Size of the PostgreSQL connection pool. Besides shared batches it serves separate lanes, blocked keys and timers. */
const CONNECTIONS_MAX = 10;

/**
 * Opens them. Waits for Redis as long as it is away.
 * @param remembered what the process forgets after a failover of PostgreSQL
 * @throws Error when PostgreSQL cannot be reached
 */
export async function openConnections(config: Config, log: Logger, remembered: Remembered) {
  const orm = await openDatabase({
    databaseUrl: config.databaseUrl,
    connectionsMax: CONNECTIONS_MAX,
    applicationName: 'seatlane-worker',
    isByKeyOnly: true,
  });
  const pool = await orm.em.getConnection().getNativeClient();
  remembered.follow(pool);
  const deadConnections = new DeadConnections(pool, { ...config, log });
  const redis = connectWithRetries(config.redisUrl, log, config.redisTimeoutMs);
  await untilReady(redis);
  const timersQueue = openQueue(TIMERS_QUEUE, redis, config);
  const outboxQueues = openOutboxQueues(redis, config);
  return {
    orm,
    redis,
    timersQueue,
    outboxQueues,
    async close() {
      const queues = [timersQueue, ...Object.values(outboxQueues)];
      await Promise.all(queues.map((queue) => queue.close()));
      redis.disconnect();
      deadConnections.stop();
      await orm.close();
    },
  };
}
