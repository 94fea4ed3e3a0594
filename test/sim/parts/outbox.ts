/**
 * The outbox of a simulated worker: it offers the calls to the payment provider, makes them, and enqueues their answers; it queues
 * webhook messages, and delivers them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../../src/db/connection/orm.ts';
import { SystemCommands } from '../../../src/lanes/system-commands.ts';
import type { FinishedCommand } from '../../../workers/batch/batch.ts';
import type { Remembered } from '../../../workers/batch/remembered.ts';
import type { WorkerMetrics } from '../../../workers/ops/metrics.ts';
import { CallRequests } from '../../../workers/outbox/call-requests.ts';
import { makingCalls } from '../../../workers/outbox/calls.ts';
import { offerCalls } from '../../../workers/outbox/offer-calls.ts';
import { paymentCallMakers } from '../../../workers/outbox/payments/call-provider.ts';
import { providersOf } from '../../../workers/outbox/payments/providers.ts';
import { Deliveries } from '../../../workers/outbox/webhooks/deliveries.ts';
import type { EventRelay } from '../../../workers/outbox/webhooks/messages.ts';
import { WebhookOutbox } from '../../../workers/outbox/webhooks/outbox.ts';
import { consumeCalls, openCallQueue } from '../queue/calls.ts';
import { MemoryProducer } from '../queue/lanes.ts';
import { consumeMessages, openMessageQueue, openPending } from '../queue/messages.ts';
import { RedisLine } from '../queue/redis.ts';
import type { World } from './world.ts';

/** As in `workers/outbox/open.ts`. */
const CALLING_COMMANDS: ReadonlySet<string> = new Set(['start-checkout', 'start-top-up']);

/** A message is tried again sooner than in reality. */
const FIRST_RETRY_MS = 300;
const RESTART_MS = 300;

interface SimOutboxDeps {
  orm: Database;
  remembered: Remembered;
  metrics: WorkerMetrics;
}

export interface SimOutbox {
  commands: SystemCommands;
  /** Reads the webhooks. A worker owns no lane before. */
  ready: Promise<void>;
  /** Queues the messages of a batch. */
  onFinished(finished: readonly FinishedCommand[]): Promise<void>;
  events: EventRelay;
  offerNow(): Promise<void>;
}

export function openSimOutbox(
  world: World,
  { orm, remembered, metrics }: SimOutboxDeps,
): SimOutbox {
  const { config, log, redis, lanes, calls } = world;
  const line = new RedisLine(redis);
  const commands = new SystemCommands(new MemoryProducer(lanes, line), config);
  const queue = openCallQueue(calls, line);
  const providers = providersOf(config.payments);
  const makers = paymentCallMakers({ orm, providers, metrics, log });
  const making = makingCalls({ orm, makers, commands, checkCounts: async () => undefined });
  consumeCalls(calls, new RedisLine(redis), making);
  const requests = new CallRequests({
    offerDue: (signal) => offerCalls(orm, { payments: queue, refunds: queue }, signal),
    callingCommands: CALLING_COMMANDS,
    log,
  });
  const webhooks = openWebhooks(world, { orm, remembered, metrics });
  return {
    commands,
    ready: refreshed(webhooks),
    async onFinished(finished) {
      await webhooks.put(finished);
      requests.onFinished(finished);
    },
    events: webhooks,
    offerNow: () => requests.offerNow(),
  };
}

function openWebhooks(world: World, { orm, remembered, metrics }: SimOutboxDeps): WebhookOutbox {
  const { config, log, redis, messages, partner } = world;
  const line = new RedisLine(redis);
  const pending = openPending(messages, line);
  const shared = { orm, pending, firstRetryMs: FIRST_RETRY_MS, metrics, log };
  const deliveries = new Deliveries({
    ...shared,
    secret: config.queueTokenSecret,
    isPrivateAllowed: false,
    send: (sending) => partner.send(sending),
  });
  consumeMessages(messages, new RedisLine(redis), (job) => deliveries.deliver(job));
  const newestWebhookId = () => remembered.newestWebhookId;
  return new WebhookOutbox({ ...shared, newestWebhookId, queue: openMessageQueue(messages, line) });
}

/** A worker that cannot read the webhooks does not start; another one tries it soon. */
async function refreshed(webhooks: WebhookOutbox): Promise<void> {
  for (;;) {
    const isRead = await webhooks.refresh().then(
      () => true,
      () => false,
    );
    if (isRead) return;
    await sleep(RESTART_MS);
  }
}
