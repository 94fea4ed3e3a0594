/** Opens the outbox of a worker: the queues, what fills them, and what consumes them. */
import type { Queue } from 'bullmq';
import type { Logger } from 'pino';
import type { CommandName } from '../../src/commands/index.ts';
import type { Database } from '../../src/db/connection/orm.ts';
import { checkLaneCounts } from '../../src/db/lanes/counts.ts';
import {
  openQueue,
  PAYMENTS_QUEUE,
  REFUNDS_QUEUE,
  WEBHOOKS_QUEUE,
} from '../../src/lanes/bullmq/queues.ts';
import { type LaneCounts, laneCountsIn } from '../../src/lanes/lanes.ts';
import type { RedisConnection } from '../../src/lanes/redis/redis.ts';
import type { SystemCommands } from '../../src/lanes/system-commands.ts';
import type { FinishedCommand } from '../batch/batch.ts';
import type { WorkerMetrics } from '../ops/metrics.ts';
import type { OutboxQueue, OutboxReads } from '../ops/outbox-metrics.ts';
import type { PaymentReads } from '../ops/payment-metrics.ts';
import { CallRequests } from './call-requests.ts';
import { type CallMakers, startCalls } from './calls.ts';
import { oldestSeconds } from './find-calls.ts';
import { offerCalls } from './offer-calls.ts';
import { openSystemCommands } from './open-system-commands.ts';
import { paymentCallMakers } from './payments/call-provider.ts';
import { countUnknown } from './payments/count-unknown.ts';
import { readPaymentState } from './payments/payment-state.ts';
import { type ProviderSettings, providersOf } from './payments/providers.ts';
import { startDeliveries } from './webhooks/deliveries.ts';
import type { EventRelay } from './webhooks/messages.ts';
import { WebhookOutbox } from './webhooks/outbox.ts';
import { PendingMessages } from './webhooks/pending.ts';

export type OutboxQueues = Record<OutboxQueue, Queue>;

/** Opens the queues. Closing them leaves the connection open. */
export function openOutboxQueues(
  redis: RedisConnection,
  settings: { redisPrefix: string },
): OutboxQueues {
  return {
    webhooks: openQueue(WEBHOOKS_QUEUE, redis, settings),
    payments: openQueue(PAYMENTS_QUEUE, redis, settings),
    refunds: openQueue(REFUNDS_QUEUE, redis, settings),
  };
}

/** What the metrics show of the outbox. */
export function outboxReads(orm: Database, queues: OutboxQueues): OutboxReads & PaymentReads {
  const named = Object.entries(queues) as [OutboxQueue, Queue][];
  return {
    oldestSeconds: () => oldestSeconds(orm),
    paymentState: () => readPaymentState(orm),
    countDead: async () =>
      new Map(
        await Promise.all(
          named.map(async ([name, queue]) => [name, await queue.getFailedCount()] as const),
        ),
      ),
  };
}

export interface OutboxDeps {
  orm: Database;
  redis: RedisConnection;
  queues: OutboxQueues;
  settings: LaneCounts & {
    redisPrefix: string;
    webhookPendingMax: number;
    webhookAllowPrivate: boolean;
    queueTokenSecret: string;
    payments: ProviderSettings;
  };
  metrics: WorkerMetrics;
  log: Logger;
  /** The highest id of a webhook that a batch of this process has seen. */
  newestWebhookId(): number;
  /** Delay before the first retry of a webhook message, in ms. */
  firstRetryMs: number | undefined;
  /** Default: the calls to the providers of the settings. */
  calls?: CallSettings | undefined;
}

export interface CallSettings {
  /** How calls to payment providers are made. */
  makers: CallMakers;
  /** Commands after which due calls are offered at once. */
  callingCommands: ReadonlySet<string>;
}

/** Those that owe a payment page, for which a buyer waits. What other commands owe is offered by the timer within a second. */
const CALLING_COMMANDS: ReadonlySet<string> = new Set<CommandName>([
  'start-checkout',
  'start-top-up',
]);

/** What adds commands of the system to lanes, one for the whole process. */
export interface SystemLanes {
  commands: SystemCommands;
  /** @throws Error while this process has other lane counts than are recorded: it would add commands to the wrong lanes */
  checkCounts(): Promise<void>;
}

export interface Outbox {
  system: SystemLanes;
  /** Queues the messages of a batch, before its jobs are finished. */
  onFinished(finished: readonly FinishedCommand[]): Promise<void>;
  /** Takes the events that the timers relay. */
  events: EventRelay;
  /** Offers the calls that are due, unless this process is doing so already. */
  offerCalls(): Promise<void>;
  /** Starts what this process consumes. @param parts `webhooks`, `payments`, or both; others are ignored */
  start(parts: readonly string[]): Promise<void>;
  /** Waits for the jobs in flight, but not for long. */
  close(): Promise<void>;
}

export function openOutbox({ settings, queues, ...deps }: OutboxDeps): Outbox {
  const { redisPrefix, webhookPendingMax } = settings;
  const { orm, redis, log } = deps;
  const shared = { ...deps, redisPrefix };
  const webhookDeps = {
    ...shared,
    queue: queues.webhooks,
    pending: new PendingMessages(redis, { redisPrefix, max: webhookPendingMax }),
    secret: settings.queueTokenSecret,
    isPrivateAllowed: settings.webhookAllowPrivate,
  };
  const webhooks = new WebhookOutbox(webhookDeps);
  const calls = deps.calls ?? {
    makers: paymentCallMakers({ ...deps, providers: providersOf(settings.payments) }),
    callingCommands: CALLING_COMMANDS,
  };
  const requests = new CallRequests({
    offerDue: (signal) => offerCalls(orm, queues, signal),
    callingCommands: calls.callingCommands,
    log,
  });
  const system: SystemLanes = {
    commands: openSystemCommands(redis, settings),
    checkCounts: () => checkLaneCounts(orm, laneCountsIn(settings)),
  };
  const callDeps = { ...shared, ...system, makers: calls.makers };
  const consumers: { close(): Promise<void> }[] = [];
  return {
    system,
    async onFinished(finished) {
      await webhooks.put(finished);
      requests.onFinished(finished);
      countUnknown(finished, deps);
    },
    events: webhooks,
    offerCalls: () => requests.offerNow(),
    async start(parts) {
      await webhooks.refresh();
      if (parts.includes('webhooks')) consumers.push(startDeliveries(webhookDeps));
      if (parts.includes('payments')) consumers.push(startCalls(callDeps));
    },
    async close() {
      webhooks.stop();
      await Promise.all([requests, ...consumers].map((each) => each.close()));
    },
  };
}
