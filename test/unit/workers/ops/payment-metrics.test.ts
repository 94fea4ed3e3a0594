/** The gauges of card payments. */
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { addPaymentMetrics } from '../../../../workers/ops/payment-metrics.ts';

test('the gauges come from one read, which several scrapes share', async () => {
  const registry = new Registry();
  let reads = 0;
  addPaymentMetrics(registry, {
    async paymentState() {
      reads += 1;
      return { live: 7, overdueSeconds: 1.5, failedRefunds: 2 };
    },
  });
  for (let scrape = 0; scrape < 2; scrape += 1) {
    const text = await registry.metrics();
    expect(text).toContain('seatlane_checkouts_live 7');
    expect(text).toContain('seatlane_checkout_overdue_seconds 1.5');
    expect(text).toContain('seatlane_refunds_failed 2');
  }
  expect(reads).toBe(1);
});

test('a gauge that cannot be read has no value', async () => {
  const registry = new Registry();
  addPaymentMetrics(registry, { paymentState: () => Promise.reject(new Error('away')) });
  expect(await registry.metrics()).not.toMatch(/^seatlane_checkouts_live /m);
});
