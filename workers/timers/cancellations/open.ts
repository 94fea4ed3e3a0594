/** Connects the timer that ends the orders of cancelled performances with the lanes and the log. */
import type { Logger } from 'pino';
import type { Database } from '../../../src/db/connection/orm.ts';
import { longestOf } from '../../../src/lanes/bullmq/inspect.ts';
import { type LaneCounts, laneNames } from '../../../src/lanes/lanes.ts';
import type { RedisConnection } from '../../../src/lanes/redis/redis.ts';
import type { Outbox } from '../../outbox/open.ts';
import type { CancelledOrdersDeps } from './end-cancelled-orders.ts';

/** Of so many runs that were held up, one each second, one is logged. */
const HELD_UP_RUNS = 60;

export function openCancelledOrders({
  orm,
  redis,
  redisPrefix,
  settings,
  outbox,
  log,
}: {
  orm: Database;
  redis: RedisConnection;
  redisPrefix: string;
  settings: LaneCounts;
  outbox: Pick<Outbox, 'system'>;
  log: Logger;
}): CancelledOrdersDeps {
  let heldUp = 0;
  return {
    orm,
    ...outbox.system,
    longestLane: () => longestOf(redis, laneNames(settings, ['user']), redisPrefix),
    onHeldUp: (scheduleId) => {
      if (heldUp % HELD_UP_RUNS === 0) {
        log.warn(
          { scheduleId },
          'The orders of a cancelled performance wait until no lane of users is long.',
        );
      }
      heldUp += 1;
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
