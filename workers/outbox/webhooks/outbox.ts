/**
 * Queues webhook messages for outcomes and events. The messages are queued before the jobs are completed, or before the
 * rows of the events are deleted, so that a crash in between only repeats the messages.
 */
import type { Queue } from 'bullmq';
import type { Logger } from 'pino';
import type { Database } from '../../../src/db/connection/orm.ts';
import type { WebhookView } from '../../../src/db/reads/webhooks.ts';
import { inTime, NoAnswerInTime } from '../../../src/runtime/in-time.ts';
import { RefreshTimer } from '../../../src/runtime/refresh-timer.ts';
import { isServiceUnavailable } from '../../../src/runtime/service-errors.ts';
import type { FinishedCommand } from '../../batch/batch.ts';
import type { WorkerMetrics } from '../../ops/metrics.ts';
import { DroppedMessages } from './dropped-messages.ts';
import { KEPT_OUTCOME, type KeptOutcome, keepOutcomes } from './kept-outcomes.ts';
import {
  eventMessage,
  type HappenedEvent,
  type Message,
  outcomeMessage,
  type RelayedEvent,
} from './messages.ts';
import type { Addressed, PendingMessages } from './pending.ts';
import { RegisteredWebhooks, type RegisteredWebhooksDeps } from './registered-webhooks.ts';

const REFRESH_MS = 2000;
/** BullMQ builds the jobs of one call without a pause, and the lanes of this process stand meanwhile: with 10,000, for two seconds. */
const ADDED_AT_ONCE = 200;
/** A lane waits this long for the queue's server. If a server hangs, calls are rejected only after 27 s of retries. */
const ANSWER_MS_MAX = 1000;
/** Events are relayed in a transaction, which PostgreSQL ends if it waits longer than five seconds for its messages to be queued. */
const RELAYED_MESSAGES_MAX = 2000;
const RELAYED_EVENTS_MAX = 200;
/** Maximum of tries; they spread over about ten minutes. */
export const TRIES_MAX = 8;
export const FIRST_RETRY_MS = 5000;
/** The data of a job in the webhook queue. */
export interface Delivery {
  webhookId: number;
  url: string;
  body: string;
}

interface AddressedMessage extends Addressed {
  name: string;
  data: Delivery;
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

const wantsOutcome = ({ commands }: WebhookView, name: string) =>
  commands === null || commands.includes(name);

/** Queues the messages to which the registered webhooks subscribe. */
export class WebhookOutbox {
  readonly #deps: OutboxDeps;
  readonly #timer = new RefreshTimer(async () => {
    await this.refresh();
    await this.#lookForQueue();
  }, REFRESH_MS);
  /** Whether the server of the webhook queue gave no answer when it was last asked. */
  #isAway = false;
  readonly #webhooks: RegisteredWebhooks;
  readonly #drops: DroppedMessages;

  constructor(deps: OutboxDeps & RegisteredWebhooksDeps) {
    this.#deps = deps;
    this.#webhooks = new RegisteredWebhooks(deps);
    this.#drops = new DroppedMessages(deps);
    this.#timer.start();
  }

  refresh(): Promise<void> {
    return this.#webhooks.refresh();
  }

  stop(): void {
    this.#timer.stop();
  }

  /**
   * Queues the outcomes of a batch, or keeps them in PostgreSQL while the queue's server is away. Messages that are already queued are left
   * unchanged.
   */
  async put(finished: readonly FinishedCommand[]): Promise<void> {
    await this.#webhooks.refreshIfOlder();
    if (this.#webhooks.all.length === 0) return;
    const messages = finished.map(outcomeMessage);
    if (this.#isAway) return this.#keep(messages);
    try {
      await inTime(this.#queue(this.#address(messages, wantsOutcome)), ANSWER_MS_MAX);
    } catch (error) {
      if (!isServiceUnavailable(error) && !(error instanceof NoAnswerInTime)) throw error;
      this.#isAway = true;
      const sentence =
        'The webhook queue cannot be reached; outcomes are kept in PostgreSQL until it can.';
      this.#deps.log.warn({ err: error }, sentence);
      await this.#keep(messages);
    }
  }

  /** How many events `putEvents` should be given at once: each may be a message to each webhook. */
  get eventsAtOnce(): number {
    if (!this.#webhooks.isRead) return 1;
    const fitting = Math.floor(RELAYED_MESSAGES_MAX / Math.max(1, this.#webhooks.all.length));
    return Math.min(RELAYED_EVENTS_MAX, Math.max(1, fitting));
  }

  /**
   * Queues events, and outcomes that were kept. Refreshes the webhooks first, because a new webhook may have subscribed to these events.
   */
  async putEvents(events: readonly RelayedEvent[]): Promise<void> {
    await this.refresh();
    const isKept = (event: RelayedEvent) => event.name === KEPT_OUTCOME;
    const happened = events.filter((event): event is HappenedEvent => !isKept(event));
    const kept = events.filter(isKept).map(({ data }) => data as KeptOutcome);
    await this.#queue([
      ...this.#address(happened.map(eventMessage), (webhook, name) =>
        webhook.events.some((event) => event === name),
      ),
      ...kept.flatMap(({ message, webhookIds }) =>
        this.#address([message], ({ id }) => webhookIds.includes(id)),
      ),
    ]);
  }

  async #keep(messages: readonly Message[]): Promise<void> {
    const kept = messages.flatMap((message) => {
      const wanting = this.#webhooks.all.filter((webhook) => wantsOutcome(webhook, message.name));
      const webhookIds = wanting.map(({ id }) => id);
      return webhookIds.length > 0 ? [{ message, webhookIds }] : [];
    });
    if (kept.length > 0) await keepOutcomes(this.#deps.orm, kept);
  }

  /** Asks the queue's server something, whatever it is, so that it is used again once it is back. */
  async #lookForQueue(): Promise<void> {
    if (!this.#isAway) return;
    await inTime(this.#deps.queue.getJobCountByTypes('wait'), ANSWER_MS_MAX);
    this.#isAway = false;
    this.#deps.log.info('The webhook queue can be reached again.');
  }

  #address(
    messages: readonly Message[],
    isWanted: (webhook: WebhookView, name: string) => boolean,
  ): AddressedMessage[] {
    return messages.flatMap(({ id, name, body }) =>
      this.#webhooks.all
        .filter((webhook) => isWanted(webhook, name))
        .map(({ id: webhookId, url }) => ({
          webhookId,
          jobId: `${webhookId}_${id}`,
          name,
          data: { webhookId, url, body },
        })),
    );
  }

  async #queue(addressed: readonly AddressedMessage[]): Promise<void> {
    for (let from = 0; from < addressed.length; from += ADDED_AT_ONCE) {
      await inTime(this.#add(addressed.slice(from, from + ADDED_AT_ONCE)), ANSWER_MS_MAX);
    }
  }

  async #add(messages: readonly AddressedMessage[]): Promise<void> {
    const { queue, pending, firstRetryMs } = this.#deps;
    const { taken, dropped } = await pending.reserve(messages);
    if (taken.length > 0) {
      const retries = retryOptions(firstRetryMs);
      await queue.addBulk(
        taken.map(({ name, data, jobId }) => ({ name, data, opts: { jobId, ...retries } })),
      );
    }
    this.#drops.note(dropped);
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
