/** Assembles a worker: connections, lanes, timers and the outbox. Both `main.ts` and the tests use it. */
import type { Logger } from 'pino';
import type { CommandName } from '../src/commands/index.ts';
import type { Config } from '../src/config/config.ts';
import { settleLaneCounts } from '../src/db/lanes/counts.ts';
import { BullmqConsumer } from '../src/lanes/bullmq/consumer.ts';
import { areLanesBusy, oldestOfAll } from '../src/lanes/bullmq/inspect.ts';
import { refuseUntestedBullmq } from '../src/lanes/bullmq/version.ts';
import { LANE_KINDS, type LaneName, laneCountsIn, laneNames } from '../src/lanes/lanes.ts';
import { type ClosingSteps, closeInOrder } from '../src/runtime/shutdown.ts';
import { Remembered } from './batch/remembered.ts';
import { watchedRuns } from './batch/watched-runs.ts';
import { handlers } from './handlers/index.ts';
import { LaneWork } from './lanes/lane-work.ts';
import { openObservation } from './ops/observation.ts';
import { type CallSettings, openOutbox, outboxReads } from './outbox/open.ts';
import { PAYING_LANES } from './timers/expire-holds.ts';
import { startTimers } from './timers/index.ts';
import { AdmissionRequests, askForAdmission } from './timers/queue/ask-for-admission.ts';
import { warnOfCeilings } from './timers/queue/warn-of-ceilings.ts';
import { openConnections } from './worker-connections.ts';

export const PARTS = [...LANE_KINDS, 'timers', 'webhooks', 'payments'] as const;
export type Part = (typeof PARTS)[number];

/** How long a batch waits to learn whether a payment may be pending, in ms: it has locked rows, and others wait for a row for 500 ms at least. */
const PAYMENT_ANSWER_MS = 250;

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
 * @throws {UntestedBullmq} {LaneCountsDiffer} {SessionsShared} or Error when PostgreSQL cannot be reached
 */
export async function startWorker(deps: WorkerDeps): Promise<RunningWorker> {
  refuseUntestedBullmq();
  const { config, parts, log } = deps;
  const remembered = new Remembered();
  const connections = await openConnections(config, log, remembered);
  const { orm, redis } = connections;
  const work = await openWork(deps, connections, remembered);
  const { observation, outbox, admissions, laneWork } = work;
  const closeConnections = () => Promise.all([connections.close(), observation.close()]);

  try {
    await observation.serve();
    const counts = laneCountsIn(config);
    await settleLaneCounts(orm, counts, (old) => areLanesBusy(redis, old, config.redisPrefix));
    const timers = parts.includes('timers') ? await openTimers(deps, connections, work) : undefined;
    await outbox.start(parts);
    await laneWork.start();

    const closing: ClosingSteps = {
      'timers, outbox and lanes': () => {
        observation.noteStopping();
        return Promise.all([timers?.close(), outbox.close(), laneWork.release()]);
      },
      'batches in flight': () => laneWork.settled(),
      connections: () => {
        for (const each of [laneWork, admissions]) each.stop();
        return closeConnections();
      },
    };
    return {
      get owned() {
        return laneWork.owned;
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

type Connections = Awaited<ReturnType<typeof openConnections>>;
type Work = Awaited<ReturnType<typeof openWork>>;

/** Connects the parts of a worker with each other. None of them works yet. */
async function openWork(
  { config, parts, log, ...injected }: WorkerDeps,
  { orm, redis, timersQueue, outboxQueues }: Connections,
  remembered: Remembered,
) {
  const { databaseUrl, redisPrefix, batchSize } = config;
  const kinds = LANE_KINDS.filter((kind) => parts.includes(kind));
  const payingLanes = laneNames(config, PAYING_LANES);
  // It reads the parts that follow only once it serves.
  const observation = await openObservation({
    orm,
    redis,
    settings: config,
    log,
    owner: () => (kinds.length > 0 ? laneWork : undefined),
    blockedCommands: () => laneWork.blockedCommands,
    checkCounts: () => outbox.system.checkCounts(),
    outbox: outboxReads(orm, outboxQueues),
  });
  const { metrics, watch } = observation;
  const outbox = openOutbox({
    orm,
    redis,
    queues: outboxQueues,
    settings: config,
    metrics,
    log,
    newestWebhookId: () => remembered.newestWebhookId,
    firstRetryMs: injected.firstRetryMs,
    calls: injected.calls,
  });
  const admissions = new AdmissionRequests((queueIds) => {
    askForAdmission({ redis, redisPrefix, queue: timersQueue }, queueIds).catch(() =>
      log.debug('The request for admission failed; the timer admits users on its next run.'),
    );
  });
  const batchDeps = {
    orm,
    remembered,
    handlers: injected.handlers ?? handlers,
    settings: config,
    oldestPaymentAt: () => oldestOfAll(redis, payingLanes, redisPrefix, PAYMENT_ANSWER_MS),
    metrics: metrics.batches,
    log,
  };
  const laneWork = new LaneWork({
    databaseUrl,
    redis,
    redisPrefix,
    batchSize,
    lanes: laneNames(config, kinds),
    log,
    openConsumer: () => new BullmqConsumer(redis, redisPrefix),
    takesLong: ({ name }) => batchDeps.handlers[name as CommandName]?.takesLong ?? false,
    ...watchedRuns(batchDeps, watch, async (finished) => {
      await outbox.onFinished(finished);
      admissions.onFinished(finished);
    }),
    unblocked: (ms) => metrics.batches.unblocked(ms),
    announced: (finished) => watch.announced(finished),
    onLost: () => remembered.markStale(),
    onRestarted: (lanes) => metrics.restarted(lanes),
  });
  return { observation, outbox, admissions, laneWork };
}

async function openTimers(
  { config, log }: WorkerDeps,
  { orm, redis, timersQueue: queue }: Connections,
  { observation: { metrics }, outbox }: Work,
) {
  await warnOfCeilings(orm, config, log);
  const { redisPrefix } = config;
  return startTimers({ orm, redis, queue, redisPrefix, settings: config, outbox, metrics, log });
}
