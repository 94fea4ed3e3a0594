/** The connections of an API process: to PostgreSQL, to Redis, and the queues there. */
import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import { openDatabase } from './db/connection/orm.ts';
import { OTHER_QUEUES, openLaneQueues, openQueue } from './lanes/bullmq/queues.ts';
import { connectApi } from './lanes/redis/redis.ts';

/** Size of the PostgreSQL connection pool. Commands need none of it: it serves reads. */
const CONNECTIONS_MAX = 10;

/**
 * Opens them. Waits for Redis as long as it is away.
 * @throws RedisMismatch if REDIS_URL does not fit the server; the process then exits
 */
export async function openConnections(config: Config, log: Logger) {
  const orm = await openDatabase({
    databaseUrl: config.databaseUrl,
    connectionsMax: CONNECTIONS_MAX,
    applicationName: 'seatlane-api',
    isByKeyOnly: true,
    statementTimeoutMs: config.databaseTimeoutMs,
  });
  const redis = await connectApi(config, log);
  const laneQueues = openLaneQueues(redis.commands, config);
  const otherQueues = OTHER_QUEUES.map((name) => openQueue(name, redis.commands, config));
  return {
    orm,
    /** By what they serve. */
    redis,
    laneQueues,
    otherQueues,
    async close() {
      const queues = [...laneQueues.values(), ...otherQueues];
      await Promise.allSettled(queues.map((queue) => queue.close()));
      for (const each of [redis.commands, redis.outcomes]) each.disconnect();
      await orm.close();
    },
  };
}
