/**
 * Queues webhook messages for outcomes and events. The messages are queued before the jobs are completed, or before the
 * rows of the events are deleted, so that a crash in between only repeats the messages.
 */
import type { Queue } from 'bullmq';
import type { Logger } from 'pino';
import type { Database } from '../../../src/db/connection/orm.ts';
import { listWebhooks, type WebhookView } from '../../../src/db/reads/webhooks.ts';
import { RefreshTimer } from '../../../src/runtime/refresh-timer.ts';
import type { FinishedCommand } from '../../batch/batch.ts';
import type { WorkerMetrics } from '../../ops/metrics.ts';
import { eventMessage, type HappenedEvent, type Message, outcomeMessage } from './messages.ts';
import type { PendingMessages } from './pending.ts';

const REFRESH_MS = 2000;
const WEBHOOKS_MAX = 1000;
/** Maximum of tries; they spread over about ten minutes. */
export const TRIES_MAX = 8;
export const FIRST_RETRY_MS = 5000;
/** Minimum time between two log lines about dropped messages of one webhook. */
const DROPS_LOGGED_EVERY_MS = 60_000;

/** The data of a job in the webhook queue. */
export interface Delivery {
  webhookId: number;
  url: string;
  body: string;
}

export interface OutboxDeps {
  orm: Database;
  queue: Queue;
  pending: PendingMessages;
  /** Delay before the first retry, in ms; shorter in tests. */
  firstRetryMs?: number | undefined;
  metrics: WorkerMetrics;
  log: Logger;
}

/** Caches the registered webhooks, and queues the messages they subscribe to. */
export class WebhookOutbox {
  readonly #deps: OutboxDeps;
  readonly #timer = new RefreshTimer(() => this.refresh(), REFRESH_MS);
  #webhooks: readonly WebhookView[] = [];
  readonly #drops = new Map<number, { count: number; loggedAt: number }>();

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    this.#timer.start();
  }

  async refresh(): Promise<void> {
    this.#webhooks = await listWebhooks(this.#deps.orm, { after: 0, limit: WEBHOOKS_MAX });
  }

  stop(): void {
    this.#timer.stop();
  }

  /** Queues the outcomes of a batch. Messages that are already queued are left unchanged. */
  async put(finished: readonly FinishedCommand[]): Promise<void> {
    if (this.#webhooks.length === 0) return;
    await this.#queue(
      finished.map(outcomeMessage),
      ({ commands }, name) => commands === null || commands.includes(name),
    );
  }

  /** Queues events. Refreshes the webhooks first, because a new webhook may have subscribed to these events. */
  async putEvents(events: readonly HappenedEvent[]): Promise<void> {
    await this.refresh();
    await this.#queue(events.map(eventMessage), (webhook, name) =>
      webhook.events.some((event) => event === name),
    );
  }

  async #queue(
    messages: readonly Message[],
    isWanted: (webhook: WebhookView, name: string) => boolean,
  ): Promise<void> {
    const { queue, pending, metrics, firstRetryMs } = this.#deps;
    const addressed = messages.flatMap(({ id, name, body }) =>
      this.#webhooks
        .filter((webhook) => isWanted(webhook, name))
        .map(({ id: webhookId, url }) => ({
          webhookId,
          jobId: `${webhookId}_${id}`,
          name,
          data: { webhookId, url, body } satisfies Delivery,
        })),
    );
    if (addressed.length === 0) return;
    const { taken, dropped } = await pending.reserve(addressed);
    if (taken.length > 0) {
      const retries = retryOptions(firstRetryMs);
      await queue.addBulk(
        taken.map(({ name, data, jobId }) => ({ name, data, opts: { jobId, ...retries } })),
      );
    }
    metrics.delivery('dropped', dropped.length);
    for (const { webhookId } of dropped) this.#noteDrop(webhookId);
  }

  #noteDrop(webhookId: number): void {
    const now = performance.now();
    const drops = this.#drops.get(webhookId) ?? { count: 0, loggedAt: -Infinity };
    this.#drops.set(webhookId, drops);
    drops.count += 1;
    if (now - drops.loggedAt < DROPS_LOGGED_EVERY_MS) return;
    this.#deps.log.error(
      { webhookId, dropped: drops.count },
      'The queue of a webhook is full; further messages to it are dropped.',
    );
    Object.assign(drops, { count: 0, loggedAt: now });
  }
}

/** BullMQ's job options for retries. Finished jobs are kept for a while to deduplicate repeated messages. */
export function retryOptions(firstRetryMs = FIRST_RETRY_MS) {
  return {
    attempts: TRIES_MAX,
    backoff: { type: 'exponential', delay: firstRetryMs, jitter: 0.3 },
    removeOnComplete: { age: 3600, count: 10_000 },
    removeOnFail: { age: 7 * 86_400, count: 10_000 },
  };
}
