/** Counts and logs the messages that are dropped because the queue of their webhook is full. */
import type { Logger } from 'pino';
import type { WorkerMetrics } from '../../ops/metrics.ts';

/** Minimum time between two log lines about one webhook, in ms. */
const LOGGED_EVERY_MS = 60_000;

export class DroppedMessages {
  readonly #deps: { metrics: WorkerMetrics; log: Logger };
  readonly #drops = new Map<number, { count: number; loggedAt: number }>();

  constructor(deps: { metrics: WorkerMetrics; log: Logger }) {
    this.#deps = deps;
  }

  /** Counts dropped messages, and logs them. */
  note(dropped: readonly { webhookId: number }[]): void {
    this.#deps.metrics.delivery('dropped', dropped.length);
    for (const { webhookId } of dropped) this.#noteOne(webhookId);
  }

  #noteOne(webhookId: number): void {
    const now = performance.now();
    const drops = this.#drops.get(webhookId) ?? { count: 0, loggedAt: -Infinity };
    this.#drops.set(webhookId, drops);
    drops.count += 1;
    if (now - drops.loggedAt < LOGGED_EVERY_MS) return;
    this.#deps.log.error(
      { webhookId, dropped: drops.count },
      'The queue of a webhook is full; further messages to it are dropped.',
    );
    Object.assign(drops, { count: 0, loggedAt: now });
  }
}
