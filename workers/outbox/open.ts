/** Opens the outbox of a worker: the queues, what fills them, and what consumes them. */
import type { Queue } from 'bullmq';
import type { Logger } from 'pino';
import type { EpochMs } from '../../src/commands/epoch-ms.ts';
import type { Database } from '../../src/db/connection/orm.ts';
import { BullmqProducer } from '../../src/lanes/bullmq/producer.ts';
import {
  openQueue,
  PAYMENTS_QUEUE,
  REFUNDS_QUEUE,
  WEBHOOKS_QUEUE,
} from '../../src/lanes/bullmq/queues.ts';
import type { LaneCounts } from '../../src/lanes/lanes.ts';
import type { RedisConnection } from '../../src/lanes/redis/redis.ts';
import { SystemCommands } from '../../src/lanes/system-commands.ts';
import type { FinishedCommand } from '../batch/batch.ts';
import type { WorkerMetrics } from '../ops/metrics.ts';
import type { OutboxQueue, OutboxReads } from '../ops/outbox-metrics.ts';
import { CallRequests } from './call-requests.ts';
import { type CallMakers, startCalls } from './calls.ts';
import { oldestSeconds } from './find-calls.ts';
import { offerCalls } from './offer-calls.ts';
import { startDeliveries } from './webhooks/deliveries.ts';
import type { HappenedEvent } from './webhooks/messages.ts';
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
export function outboxReads(orm: Database, queues: OutboxQueues): OutboxReads {
  const named = Object.entries(queues) as [OutboxQueue, Queue][];
  return {
    oldestSeconds: () => oldestSeconds(orm),
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
  };
  metrics: WorkerMetrics;
  log: Logger;
  /** Delay before the first retry of a webhook message, in ms. */
  firstRetryMs: number | undefined;
}

/** How calls to payment providers are made. No kind is in use yet. */
const CALL_MAKERS: CallMakers = {};

/** Commands that may owe a call to a payment provider. */
const CALLING_COMMANDS: ReadonlySet<string> = new Set();

export interface Outbox {
  /** Queues the messages of a batch, before its jobs are finished. */
  onFinished(finished: readonly FinishedCommand[]): Promise<void>;
  putEvents(events: readonly HappenedEvent[]): Promise<void>;
  /** Offers the calls that are due. */
  offerCalls(): Promise<number>;
  /** Starts what this process consumes. @param parts `webhooks`, `payments`, or both; others are ignored */
  start(parts: readonly string[]): Promise<void>;
  /** Waits for the jobs in flight, but not for long. */
  close(): Promise<void>;
}

export function openOutbox({ settings, queues, ...deps }: OutboxDeps): Outbox {
  const { redisPrefix, webhookPendingMax } = settings;
  const { orm, redis } = deps;
  const shared = { ...deps, redisPrefix };
  const webhookDeps = {
    ...shared,
    queue: queues.webhooks,
    pending: new PendingMessages(redis, { redisPrefix, max: webhookPendingMax }),
    secret: settings.queueTokenSecret,
    isPrivateAllowed: settings.webhookAllowPrivate,
  };
  const webhooks = new WebhookOutbox(webhookDeps);
  const offer = () => offerCalls(orm, queues);
  const requests = new CallRequests(offer, CALLING_COMMANDS);
  const commands = openSystemCommands(redis, settings);
  const consumers: { close(): Promise<void> }[] = [];
  return {
    async onFinished(finished) {
      await webhooks.put(finished);
      requests.onFinished(finished);
    },
    putEvents: (events) => webhooks.putEvents(events),
    offerCalls: offer,
    async start(parts) {
      await webhooks.refresh();
      if (parts.includes('webhooks')) consumers.push(startDeliveries(webhookDeps));
      if (parts.includes('payments'))
        consumers.push(startCalls({ ...shared, commands, makers: CALL_MAKERS }));
    },
    async close() {
      webhooks.stop();
      requests.stop();
      await Promise.all(consumers.map((each) => each.close()));
    },
  };
}

/** Jobs are stamped with the time of the newest command, which is PostgreSQL's and at most as old as a call takes. */
export function openSystemCommands(
  redis: RedisConnection,
  settings: LaneCounts & { redisPrefix: string },
): SystemCommands {
  let newest: EpochMs = 0;
  const { redisPrefix } = settings;
  const producer = new BullmqProducer(redis, {
    redisPrefix,
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
