/** Assembles a worker: connections, lanes, timers and the outbox. Both `main.ts` and the tests use it. */
import type { Logger } from 'pino';
import type { CommandName } from '../src/commands/index.ts';
import type { Config } from '../src/config/config.ts';
import { DeadConnections } from '../src/db/connection/dead-connections.ts';
import { openDatabase } from '../src/db/connection/orm.ts';
import { settleLaneCounts } from '../src/db/lanes/counts.ts';
import { BullmqConsumer } from '../src/lanes/bullmq/consumer.ts';
import { areLanesBusy } from '../src/lanes/bullmq/inspect.ts';
import { openQueue, TIMERS_QUEUE } from '../src/lanes/bullmq/queues.ts';
import { refuseUntestedBullmq } from '../src/lanes/bullmq/version.ts';
import { LANE_KINDS, type LaneName, laneCountsIn, laneNames } from '../src/lanes/lanes.ts';
import { connectWithRetries, untilReady } from '../src/lanes/redis/redis.ts';
import { type ClosingSteps, closeInOrder } from '../src/runtime/shutdown.ts';
import { Remembered } from './batch/remembered.ts';
import { watchedRuns } from './batch/watched-runs.ts';
import { handlers } from './handlers/index.ts';
import { LaneLoops } from './lanes/loops.ts';
import { LaneOwner } from './lanes/owner.ts';
import { RedisProbe } from './lanes/redis-probe.ts';
import { LaneWatchdog } from './lanes/watchdog.ts';
import { openObservation } from './ops/observation.ts';
import { type CallSettings, openOutbox, openOutboxQueues, outboxReads } from './outbox/open.ts';
import { startTimers } from './timers/index.ts';
import { AdmissionRequests, askForAdmission } from './timers/queue/ask-for-admission.ts';
import { warnOfCeilings } from './timers/queue/warn-of-ceilings.ts';

export const PARTS = [...LANE_KINDS, 'timers', 'webhooks', 'payments'] as const;
export type Part = (typeof PARTS)[number];

/** Size of the PostgreSQL connection pool. Besides shared batches it serves separate lanes, blocked keys and timers. */
const CONNECTIONS_MAX = 10;

export interface WorkerDeps {
  config: Config;
  parts: readonly Part[];
  log: Logger;
  /** Tests inject faults here. */
  handlers?: typeof handlers;
  /** Delay before the first retry of a webhook message, in ms. */
  firstRetryMs?: number;
  /** How calls to payment providers are made, and which commands owe them. */
  calls?: CallSettings;
}

export interface RunningWorker {
  /** The lanes that this worker currently owns. */
  readonly owned: readonly LaneName[];
  /** Finishes the batches in flight, releases the lanes, closes the connections. */
  closing: ClosingSteps;
  /** Runs the steps of `closing`. */
  stop(): Promise<void>;
}

/**
 * Starts a worker.
 * @throws {UntestedBullmq} {LaneCountsDiffer} or Error when PostgreSQL cannot be reached or is behind a pooler
 */
export async function startWorker(deps: WorkerDeps): Promise<RunningWorker> {
  refuseUntestedBullmq();
  const { config, parts, log } = deps;
  const { redisPrefix, batchSize } = config;
  const orm = await openDatabase({
    databaseUrl: config.databaseUrl,
    connectionsMax: CONNECTIONS_MAX,
    applicationName: 'seatlane-worker',
    isByKeyOnly: true,
  });
  const pool = await orm.em.getConnection().getNativeClient();
  const remembered = new Remembered();
  remembered.follow(pool);
  const deadConnections = new DeadConnections(pool, { ...config, log });
  const redis = connectWithRetries(config.redisUrl, log, config.redisTimeoutMs);
  await untilReady(redis);
  const timersQueue = openQueue(TIMERS_QUEUE, redis, config);
  const outboxQueues = openOutboxQueues(redis, config);
  const counts = laneCountsIn(config);
  const kinds = LANE_KINDS.filter((kind) => parts.includes(kind));
  const closeConnections = async () => {
    const queues = [timersQueue, ...Object.values(outboxQueues)];
    await Promise.all(queues.map((queue) => queue.close()));
    redis.disconnect();
    deadConnections.stop();
    await Promise.all([orm.close(), observation.close()]);
  };

  const observation = await openObservation({
    orm,
    redis,
    settings: config,
    log,
    owner: () => (kinds.length > 0 ? owner : undefined),
    blockedCommands: () => loops.blockedCommands,
    checkCounts: () => outbox.system.checkCounts(),
    outbox: outboxReads(orm, outboxQueues),
  });
  const { metrics, watch } = observation;
  const batchDeps = {
    orm,
    remembered,
    handlers: deps.handlers ?? handlers,
    settings: config,
    metrics: metrics.batches,
    log,
  };
  const outbox = openOutbox({
    orm,
    redis,
    queues: outboxQueues,
    settings: config,
    metrics,
    log,
    firstRetryMs: deps.firstRetryMs,
    calls: deps.calls,
  });
  const admissions = new AdmissionRequests((queueIds) => {
    askForAdmission({ redis, redisPrefix, queue: timersQueue }, queueIds).catch(() =>
      log.debug('The request for admission failed; the timer admits users on its next run.'),
    );
  });
  const loops = new LaneLoops({
    redis,
    redisPrefix,
    batchSize,
    log,
    openConsumer: () => new BullmqConsumer(redis, redisPrefix),
    takesLong: ({ name }) => batchDeps.handlers[name as CommandName]?.takesLong ?? false,
    ...watchedRuns(batchDeps, watch, async (finished) => {
      await outbox.onFinished(finished);
      admissions.onFinished(finished);
    }),
    unblocked: (ms) => metrics.batches.unblocked(ms),
    announced: (finished) => watch.announced(finished),
  });
  const probe = new RedisProbe(redis, redisPrefix, () => owner.notice());
  const owner = new LaneOwner({
    databaseUrl: config.databaseUrl,
    lanes: laneNames(config, kinds),
    log,
    consume: (lane) => loops.consume(lane),
    canWork: () => probe.isReachable,
    onLost: () => remembered.markStale(),
  });

  const laneWatch = new LaneWatchdog({
    notPolledSince: (time) => loops.notPolledSince(time),
    restart(stuck) {
      loops.restart(stuck);
      for (const lane of stuck)
        owner.abandon(lane, 'The loop has not polled a lane for two seconds.');
      metrics.restarted(stuck.length);
    },
  });

  try {
    await observation.serve();
    await settleLaneCounts(orm, counts, (old) => areLanesBusy(redis, old, redisPrefix));
    if (parts.includes('timers')) await warnOfCeilings(orm, config, log);
    const timers = parts.includes('timers')
      ? await startTimers({
          orm,
          redis,
          queue: timersQueue,
          redisPrefix,
          settings: config,
          metrics,
          log,
          outbox,
        })
      : undefined;
    await outbox.start(parts);
    probe.start();
    if (kinds.length > 0) {
      laneWatch.start();
      await owner.start();
    }
    const closing: ClosingSteps = {
      'timers, outbox and lanes': () => {
        observation.noteStopping();
        return Promise.all([timers?.close(), outbox.close(), owner.stop()]);
      },
      'batches in flight': () => loops.settled(),
      connections: () => {
        for (const each of [probe, laneWatch, admissions]) each.stop();
        return closeConnections();
      },
    };
    return {
      get owned() {
        return owner.owned;
      },
      closing,
      stop: () => closeInOrder(closing),
    };
  } catch (error) {
    await outbox.close();
    await closeConnections();
    throw error;
  }
}
