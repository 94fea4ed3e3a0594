/** A producer of lanes in a worker: enqueues the answers of payment providers, and what ends orders of cancelled performances. */
import type { EpochMs } from '../../src/commands/epoch-ms.ts';
import { BullmqProducer } from '../../src/lanes/bullmq/producer.ts';
import type { LaneCounts } from '../../src/lanes/lanes.ts';
import type { RedisConnection } from '../../src/lanes/redis/redis.ts';
import { SystemCommands } from '../../src/lanes/system-commands.ts';

/** Jobs are stamped with the time at which the newest command was accepted, by PostgreSQL's clock. */
export function openSystemCommands(
  redis: RedisConnection,
  settings: LaneCounts & { redisPrefix: string },
): SystemCommands {
  let newest: EpochMs = 0;
  const producer = new BullmqProducer(redis, {
    redisPrefix: settings.redisPrefix,
    queues: new Map(),
    now: () => newest,
  });
  const stamped: Pick<BullmqProducer, 'add'> = {
    add(lane, jobs) {
      newest = Math.max(newest, ...jobs.map(({ accepted }) => accepted.acceptedAt));
      return producer.add(lane, jobs);
    },
  };
  return new SystemCommands(stamped, settings);
}
