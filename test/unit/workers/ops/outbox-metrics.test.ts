/** The gauges of the outbox. */
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { addOutboxMetrics, type OutboxQueue } from '../../../../workers/ops/outbox-metrics.ts';

test('gauges are read when the metrics are scraped, but not by every scrape', async () => {
  const registry = new Registry();
  let reads = 0;
  addOutboxMetrics(registry, {
    async countDead() {
      reads += 1;
      return new Map<OutboxQueue, number>([
        ['webhooks', 2],
        ['refunds', 3],
      ]);
    },
    oldestSeconds: async () => 1.5,
  });
  expect(reads).toBe(0);
  for (let scrape = 0; scrape < 3; scrape += 1) {
    const text = await registry.metrics();
    expect(text).toContain('seatlane_outbox_dead{queue="webhooks"} 2');
    expect(text).toContain('seatlane_outbox_dead{queue="refunds"} 3');
    expect(text).toContain('seatlane_outbox_oldest_seconds 1.5');
  }
  expect(reads).toBe(1);
});

test('a gauge that cannot be read has no value, and the other metrics are shown', async () => {
  const registry = new Registry();
  addOutboxMetrics(registry, {
    countDead: () => Promise.reject(new Error('Redis is away.')),
    oldestSeconds: async () => 0,
  });
  const text = await registry.metrics();
  expect(text).not.toMatch(/^seatlane_outbox_dead\{/m);
  expect(text).toContain('seatlane_outbox_oldest_seconds 0');
});

test('while a read is unanswered, no scrape waits for it or begins another', async () => {
  const registry = new Registry();
  let reads = 0;
  const read = Promise.withResolvers<Map<OutboxQueue, number>>();
  const countDead = () => {
    reads += 1;
    return read.promise;
  };
  const times = { freshMs: 0, waitMs: 0 };
  addOutboxMetrics(
    registry,
    { countDead, oldestSeconds: () => new Promise(() => undefined) },
    times,
  );
  for (let scrape = 0; scrape < 3; scrape += 1) {
    expect(await registry.metrics()).not.toMatch(/^seatlane_outbox_(dead\{|oldest_seconds )/m);
  }
  expect(reads).toBe(1);
  read.resolve(new Map([['refunds', 3]]));
  await read.promise;
  expect(await registry.metrics()).toContain('seatlane_outbox_dead{queue="refunds"} 3');
});
