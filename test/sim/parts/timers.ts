/** The timers of a simulated worker. */
import { byWaitingQueue } from '../../../src/commands/command.ts';
import type { Database } from '../../../src/db/connection/orm.ts';
import { announceAdmission } from '../../../src/lanes/announcements.ts';
import { laneNames, laneOf } from '../../../src/lanes/lanes.ts';
import type { RedisConnection } from '../../../src/lanes/redis/redis.ts';
import { endCancelledOrders } from '../../../workers/timers/cancellations/end-cancelled-orders.ts';
import { expireHolds, PAYING_LANES } from '../../../workers/timers/expire-holds.ts';
import { lookAtCheckouts } from '../../../workers/timers/look-at-checkouts.ts';
import { prune } from '../../../workers/timers/prune.ts';
import { runDraws } from '../../../workers/timers/queue/draws/run-draws.ts';
import { endWaiting } from '../../../workers/timers/queue/end-waiting.ts';
import { runAdmission } from '../../../workers/timers/queue/run-admission.ts';
import { relayEvents } from '../../../workers/timers/relay-events.ts';
import type { SimOutbox } from './outbox.ts';
import type { World } from './world.ts';

/** How often a worker thinks about its timers, in ms, and the share of them that it then runs. */
const EVERY_MS = 1000;
const SHARE = 0.4;

export function startTimers(
  world: World,
  given: { orm: Database; connection: RedisConnection; outbox: SimOutbox },
): void {
  const { orm, connection, outbox } = given;
  const { config: settings, lanes, log, random } = world;
  const { redisPrefix } = settings;
  const cancelled = {
    orm,
    commands: outbox.commands,
    checkCounts: async () => undefined,
    longestLane: async () => 0,
    onHeldUp: () => undefined,
    onFailed: () => undefined,
    onFinished: () => undefined,
  };
  const passes: (() => Promise<unknown>)[] = [
    () => expireHolds(orm, { lastEnd: lastEndIn(world), log }),
    () =>
      runAdmission({
        orm,
        settings,
        log,
        onAdmitted: (admitted) => announceAdmission(connection, redisPrefix, admitted),
      }),
    () => endWaiting({ orm, settings, onEnded: () => undefined, log }),
    () => lookAtCheckouts(orm, settings.payments),
    () => outbox.offerNow(),
    () => relayEvents(orm, outbox.events),
    () => endCancelledOrders(cancelled),
    () =>
      runDraws({
        orm,
        oldestPending: async (queueId) =>
          lanes.oldestPendingAt(laneOf(byWaitingQueue({ queueId }), settings)),
        onDrawn: async () => undefined,
        log,
      }),
  ];
  setInterval(() => {
    for (const pass of passes) {
      if (random.isTrue(SHARE)) pass().catch(() => undefined);
    }
  }, EVERY_MS);
  setInterval(() => prune(orm).catch(() => undefined), 60 * EVERY_MS);
}

/** As the timer of a worker: holds are kept that a pending command may pay. */
function lastEndIn(world: World): number {
  return (oldestPaymentIn(world) ?? Infinity) - world.config.holdGraceMs;
}

/** When the oldest command that may be a payment was added to its lane, in ms since 1970; undefined if there is none. */
export function oldestPaymentIn({ lanes, config }: World): number | undefined {
  const paying = laneNames(config, PAYING_LANES);
  const found = paying.flatMap((name) => lanes.oldestPendingAt(name) ?? []);
  return found.length > 0 ? Math.min(...found) : undefined;
}
