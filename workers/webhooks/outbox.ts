/**
 * Outcomes and events on their way to webhooks: put into a queue of their own before their jobs are finished, or before
 * their rows are deleted, so that whoever repeats that repeats this too.
 */
import type { Queue } from 'bullmq';
import type { Logger } from 'pino';
import type { Database } from '../../src/db/connection/orm.ts';
import { listWebhooks, type WebhookView } from '../../src/db/reads/webhooks.ts';
import type { FinishedCommand } from '../batch/batch.ts';
import type { WorkerMetrics } from '../ops/metrics.ts';
import { eventMessage, type HappenedEvent, type Message, outcomeMessage } from './messages.ts';
import type { PendingMessages } from './pending.ts';

const REFRESH_MS = 2000;
const WEBHOOKS_MAX = 1000;
/** The tries spread over about ten minutes. */
export const TRIES_MAX = 8;
export const FIRST_RETRY_MS = 5000;
/** A webhook that drops messages is named in the log so often at most. */
const DROPS_LOGGED_EVERY_MS = 60_000;

/** What a job of the queue holds. */
export interface Delivery {
  webhookId: number;
  url: string;
  body: string;
}

export interface OutboxDeps {
  orm: Database;
  queue: Queue;
  pending: PendingMessages;
  /** When a message is sent again, in ms; tests have less patience. */
  firstRetryMs?: number;
  metrics: WorkerMetrics;
  log: Logger;
}

/** Knows the webhooks, and queues what they want to hear of. */
export class WebhookOutbox {
  readonly #deps: OutboxDeps;
  readonly #timer: NodeJS.Timeout;
  #webhooks: readonly WebhookView[] = [];
  readonly #drops = new Map<number, { count: number; loggedAt: number }>();

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => this.refresh().catch(() => undefined), REFRESH_MS).unref();
  }

  async refresh(): Promise<void> {
    this.#webhooks = await listWebhooks(this.#deps.orm, { after: 0, limit: WEBHOOKS_MAX });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Queues what became of a batch. An id that is queued already is left as it is. */
  async put(finished: readonly FinishedCommand[]): Promise<void> {
    if (this.#webhooks.length === 0) return;
    await this.#queue(
      finished.map(outcomeMessage),
      ({ commands }, name) => commands === null || commands.includes(name),
    );
  }

  /** Queues events. They were recorded for webhooks that this process may not know yet. */
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
          ...{ webhookId, jobId: `${webhookId}_${id}`, name },
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
      'A webhook is behind: its queue is full, and messages to it are dropped.',
    );
    Object.assign(drops, { count: 0, loggedAt: now });
  }
}

/** How often and when a message is sent, in BullMQ's terms. A finished one is kept to swallow repeats. */
export function retryOptions(firstRetryMs = FIRST_RETRY_MS) {
  return {
    attempts: TRIES_MAX,
    backoff: { type: 'exponential', delay: firstRetryMs, jitter: 0.3 },
    removeOnComplete: { age: 3600, count: 10_000 },
    removeOnFail: { age: 7 * 86_400, count: 10_000 },
  };
}
