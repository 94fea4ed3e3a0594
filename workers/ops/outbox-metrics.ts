/** The labels and gauges of calls to other systems. */
import { Gauge, type Registry } from 'prom-client';
import { cached, TIMES, type Times } from '../../src/observe/cached.ts';

/**
 * The result of a webhook message: delivered, failed with a retry to follow, failed on the last try, dropped because the
 * webhook's queue was full, or not sent because the webhook was removed.
 */
export type DeliveryResult =
  | 'delivered'
  | 'retried'
  | 'given_up'
  | 'refused'
  | 'dropped'
  | 'removed';

/** The queues of the outbox, by their names in BullMQ. */
export type OutboxQueue = 'webhooks' | 'payments' | 'refunds';

/** What became of a try of a job: done, failed with a retry to follow, or failed on the last try. */
export type OutboxResult = 'done' | 'retried' | 'given_up';

export const DELIVERIES = (
  ['delivered', 'retried', 'given_up', 'refused', 'dropped', 'removed'] satisfies DeliveryResult[]
).map((result) => ({ result }));

export const OUTBOX_JOBS = (['webhooks', 'payments', 'refunds'] satisfies OutboxQueue[]).flatMap(
  (queue) =>
    (['done', 'retried', 'given_up'] satisfies OutboxResult[]).map((result) => ({ queue, result })),
);

/** What is owed and what has failed, over all processes. */
export interface OutboxReads {
  /** The failed jobs of each queue: those that failed on their last try and are still kept. */
  countDead(): Promise<ReadonlyMap<OutboxQueue, number>>;
  /** The age of the oldest call that is owed to a payment provider, in seconds; 0 if there is none. */
  oldestSeconds(): Promise<number>;
}

/**
 * Adds gauges that are read when the metrics are scraped. A gauge has no value while its service does not respond.
 * @param times how long a value is used, and how long a scrape waits for one, in ms
 */
export function addOutboxMetrics(
  registry: Registry,
  reads: OutboxReads,
  times: Times = TIMES,
): void {
  const dead = cached(() => reads.countDead(), times);
  const oldest = cached(() => reads.oldestSeconds(), times);
  new Gauge({
    name: 'seatlane_outbox_dead',
    help: 'Jobs of all processes that failed on their last try and are still kept, by queue.',
    labelNames: ['queue'],
    registers: [registry],
    async collect() {
      const counts = await dead();
      this.reset();
      for (const [queue, count] of counts ?? []) this.set({ queue }, count);
    },
  });
  new Gauge({
    name: 'seatlane_outbox_oldest_seconds',
    help: 'Age of the oldest call that is owed to a payment provider.',
    registers: [registry],
    async collect() {
      const seconds = await oldest();
      this.remove();
      if (seconds !== undefined) this.set(seconds);
    },
  });
}
