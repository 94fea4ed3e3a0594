/**
 * Timers. BullMQ job schedulers run each timer once over all processes. Every timer is idempotent, so a second or a late
 * run does no harm.
 */
import { type Job, type Queue, Worker } from 'bullmq';
import type { Logger } from 'pino';
import { byWaitingQueue } from '../../src/commands/command.ts';
import type { Database } from '../../src/db/connection/orm.ts';
import { announceAdmission } from '../../src/lanes/announcements.ts';
import { oldestOfAll, oldestPendingAt } from '../../src/lanes/bullmq/inspect.ts';
import { queuePrefix } from '../../src/lanes/bullmq/keys.ts';
import { TIMERS_QUEUE } from '../../src/lanes/bullmq/queues.ts';
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
import { ScheduledRuns } from './scheduled-runs.ts';

const EVERY_MS = {
  'expire-holds': 1000,
  admit: 1000,
  draw: 1000,
  'end-waiting': 1000,
  'relay-events': 1000,
  'look-at-checkouts': 1000,
  'offer-calls': 1000,
  'end-cancelled-orders': 1000,
  prune: 60_000,
};

/** How often this process checks that the timers are scheduled. */
const CHECK_EVERY_MS = 2000;
/** A timer whose next run is this late, or this far beyond its interval, is scheduled again. */
const LATE_MS = 5000;

type TimerName = keyof typeof EVERY_MS;

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

/** Starts running timers in this process. */
export async function startTimers(deps: TimerDeps): Promise<{ close(): Promise<void> }> {
  const { orm, settings, redisPrefix, outbox, metrics, log } = deps;
  const cancelled = openCancelledOrders(deps);
  const work: Record<TimerName, (job: Job) => Promise<unknown>> = {
    'expire-holds': async () => {
      const paying = laneNames(settings, PAYING_LANES);
      const oldestAt = await oldestOfAll(deps.redis, paying, redisPrefix);
      // A command is added to its lane a moment after it was accepted, but not as long after as the grace period lasts.
      await expireHolds(orm, {
        log,
        ...(oldestAt !== undefined && { lastEnd: oldestAt - settings.holdGraceMs }),
      });
    },
    admit: async ({ repeatJobKey }) =>
      runAdmission({
        orm,
        settings,
        log,
        asked: repeatJobKey === undefined ? await takeAskedQueues(deps) : undefined,
        async onAdmitted(admitted) {
          for (const { count } of admitted) metrics.admitted(count);
          await announceAdmission(deps.redis, deps.redisPrefix, admitted);
        },
      }),
    draw: () =>
      runDraws({
        orm,
        oldestPending: (queueId) =>
          oldestPendingAt(deps.redis, laneOf(byWaitingQueue({ queueId }), settings), redisPrefix),
        onDrawn({ id, queueId }) {
          log.info(
            { drawId: id, queueId },
            'A draw was held; the admission of its queue continues.',
          );
          return askForAdmission(deps, [queueId]);
        },
        log,
      }),
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
  const scheduled = new ScheduledRuns();
  const runOne = async (job: Job) => {
    const began = performance.now();
    try {
      await work[job.name as TimerName]?.(job);
    } finally {
      metrics.timerTook(job.name, performance.now() - began);
    }
  };
  /** @returns whether it ran; a run that somebody asked for is never left out */
  const run = async (job: Job): Promise<boolean> => {
    if (job.repeatJobKey !== undefined) return scheduled.run(job.name, () => runOne(job));
    await runOne(job);
    return true;
  };
  metrics.runsTimers(Object.keys(EVERY_MS));
  await schedule(deps.queue);
  const scheduling = setInterval(() => {
    schedule(deps.queue).catch(() =>
      log.debug('The timers could not be checked; the next check follows.'),
    );
  }, CHECK_EVERY_MS);
  const worker = new Worker(TIMERS_QUEUE, run, {
    connection: deps.redis,
    prefix: queuePrefix(deps.redisPrefix, TIMERS_QUEUE),
    // One for each timer: relaying many events, offering many calls, ranking a long queue or the end of many waiting entries
    // must not delay an admission.
    concurrency: Object.keys(EVERY_MS).length,
    lockDuration: 10_000,
    stalledInterval: 5000,
    maxStalledCount: 1000,
    removeOnComplete: { count: 100 },
    removeOnFail: { count: 1000 },
    skipVersionCheck: true,
  });
  worker.on('error', (error) =>
    log.debug({ err: error }, 'BullMQ reported an error; it will retry.'),
  );
  worker.on('completed', ({ name }, hasRun) => hasRun && metrics.timer(name, 'done'));
  worker.on('failed', (job, error) => {
    metrics.timer(job?.name ?? 'unknown', 'failed');
    log.error({ err: error, timer: job?.name }, 'A timer failed; its next run retries.');
  });
  return {
    async close() {
      clearInterval(scheduling);
      await worker.close();
    },
  };
}

/**
 * Schedules timers that are missing or wrong. Redis may have been emptied, or a worker whose clock was ahead may have
 * scheduled the next run far in the future.
 */
async function schedule(queue: Queue): Promise<void> {
  const known = await queue.getJobSchedulers();
  const now = Date.now();
  for (const [name, every] of Object.entries(EVERY_MS)) {
    const next = known.find(({ key }) => key === name)?.next ?? 0;
    if (Math.abs(next - now) <= every + LATE_MS) continue;
    // BullMQ computes the next run from the one it knows, so a wrong one must be removed first.
    await queue.removeJobScheduler(name);
    await queue.upsertJobScheduler(name, { every }, { name });
  }
}
