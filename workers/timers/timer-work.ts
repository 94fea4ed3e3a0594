/** What each timer does in a run. Every timer is idempotent, so a second or a late run does no harm. */
import type { Job, Queue } from 'bullmq';
import type { Logger } from 'pino';
import { byWaitingQueue } from '../../src/commands/command.ts';
import type { Database } from '../../src/db/connection/orm.ts';
import { announceAdmission } from '../../src/lanes/announcements.ts';
import { oldestOfAll, oldestPendingAt } from '../../src/lanes/bullmq/inspect.ts';
import { type LaneCounts, laneNames, laneOf } from '../../src/lanes/lanes.ts';
import type { RedisConnection } from '../../src/lanes/redis/redis.ts';
import type { WorkerMetrics } from '../ops/metrics.ts';
import type { Outbox } from '../outbox/open.ts';
import { endCancelledOrders } from './cancellations/end-cancelled-orders.ts';
import { openCancelledOrders } from './cancellations/open.ts';
import { expireHolds, PAYING_LANES } from './expire-holds.ts';
import { lookAtCheckouts } from './look-at-checkouts.ts';
import { prune } from './prune.ts';
import type { AdmissionSettings } from './queue/admit.ts';
import { askForAdmission, takeAskedQueues } from './queue/ask-for-admission.ts';
import { runDraws } from './queue/draws/run-draws.ts';
import { endWaiting } from './queue/end-waiting.ts';
import { runAdmission } from './queue/run-admission.ts';
import type { SweepSettings } from './queue/sweep-waiting.ts';
import { relayEvents } from './relay-events.ts';
import type { TimerName } from './schedule.ts';

export interface TimerDeps {
  orm: Database;
  redis: RedisConnection;
  queue: Queue;
  redisPrefix: string;
  settings: AdmissionSettings &
    SweepSettings &
    LaneCounts & { holdGraceMs: number; payments: { reconcileMs: number } };
  /** Queues messages for events, calls to payment providers, and commands of the system. */
  outbox: Pick<Outbox, 'events' | 'offerCalls' | 'system'>;
  metrics: WorkerMetrics;
  log: Logger;
}

/** A run that the schedule began has a `repeatJobKey`; one that somebody asked for has none. */
export type TimerRun = (job: Pick<Job, 'repeatJobKey'>) => Promise<unknown>;

export function timerWork(deps: TimerDeps): Record<TimerName, TimerRun> {
  const { orm, settings, outbox, metrics, log } = deps;
  const cancelled = openCancelledOrders(deps);
  return {
    'expire-holds': () => expireDueHolds(deps),
    admit: ({ repeatJobKey }) => admitUsers(deps, { isAsked: repeatJobKey === undefined }),
    draw: () => holdDraws(deps),
    'end-waiting': () =>
      endWaiting({
        orm,
        settings,
        onEnded: ({ reason, ended }) => metrics.waitingEnded(reason, ended),
        log,
      }),
    'relay-events': () => relayEvents(orm, outbox.events),
    'look-at-checkouts': () => lookAtCheckouts(orm, settings.payments),
    'offer-calls': () => outbox.offerCalls(),
    'end-cancelled-orders': () => endCancelledOrders(cancelled),
    prune: () => prune(orm),
  };
}

/** Ends the holds that no pending command can pay any more. */
async function expireDueHolds(deps: TimerDeps): Promise<void> {
  const { orm, redis, redisPrefix, settings, log } = deps;
  const oldestAt = await oldestOfAll(redis, laneNames(settings, PAYING_LANES), redisPrefix);
  // A command is added to its lane a moment after it was accepted, but not as long after as the grace period lasts.
  const limit = oldestAt !== undefined && { lastEnd: oldestAt - settings.holdGraceMs };
  await expireHolds(orm, { log, graceMs: settings.holdGraceMs, ...limit });
}

/** @param isAsked whether somebody asked for it, for some queues; otherwise it serves all */
async function admitUsers(deps: TimerDeps, { isAsked }: { isAsked: boolean }): Promise<void> {
  const { orm, redis, redisPrefix, settings, metrics, log } = deps;
  await runAdmission({
    orm,
    settings,
    log,
    asked: isAsked ? await takeAskedQueues(deps) : undefined,
    async onAdmitted(admitted) {
      for (const { count } of admitted) metrics.admitted(count);
      await announceAdmission(redis, redisPrefix, admitted);
    },
  });
}

async function holdDraws(deps: TimerDeps): Promise<void> {
  const { orm, redis, redisPrefix, settings, log } = deps;
  await runDraws({
    orm,
    oldestPending: (queueId) =>
      oldestPendingAt(redis, laneOf(byWaitingQueue({ queueId }), settings), redisPrefix),
    onDrawn({ id, queueId }) {
      log.info({ drawId: id, queueId }, 'A draw was held; the admission of its queue continues.');
      return askForAdmission(deps, [queueId]);
    },
    log,
  });
}
