/** Connects the timer that ends the orders of cancelled performances with the lanes and the log. */
import type { Logger } from 'pino';
import type { Database } from '../../../src/db/connection/orm.ts';
import { BullmqProducer } from '../../../src/lanes/bullmq/producer.ts';
import { type LaneCounts, laneNames } from '../../../src/lanes/lanes.ts';
import type { RedisConnection } from '../../../src/lanes/redis/redis.ts';
import { SystemCommands } from '../../../src/lanes/system-commands.ts';
import type { CancelledOrdersDeps } from './end-cancelled-orders.ts';

export function openCancelledOrders({
  orm,
  redis,
  redisPrefix,
  settings,
  log,
  now,
}: {
  orm: Database;
  redis: RedisConnection;
  redisPrefix: string;
  settings: LaneCounts;
  log: Logger;
  /** Stamps jobs, in ms since 1970. */
  now(): number;
}): CancelledOrdersDeps {
  const producer = new BullmqProducer(redis, { redisPrefix, queues: new Map(), now });
  return {
    orm,
    commands: new SystemCommands(producer, settings),
    async longestLane() {
      const lanes = laneNames(settings, ['user']);
      const pending = await Promise.all(lanes.map((lane) => producer.countPending(lane)));
      return Math.max(...pending.map(({ waiting, taken }) => waiting + taken));
    },
    onFailed: (scheduleId, orderIds) =>
      log.error(
        { scheduleId, orderIds },
        'Orders of a cancelled performance could not be ended; the next pass tries again.',
      ),
    onFinished: (scheduleId) =>
      log.info({ scheduleId }, 'All orders of a cancelled performance have ended.'),
  };
}
