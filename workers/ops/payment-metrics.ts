/** The gauges of card payments, over all processes. */
import { Gauge, type Registry } from 'prom-client';
import { cached, TIMES, type Times } from '../../src/observe/cached.ts';

export interface PaymentState {
  /** Checkouts that have not ended. */
  live: number;
  /** How long the oldest of them has been over its end, in seconds; 0 if none is. */
  overdueSeconds: number;
  /** Refunds that the provider has refused, and that are still owed. */
  failedRefunds: number;
}

export interface PaymentReads {
  paymentState(): Promise<PaymentState>;
}

const GAUGES: readonly [name: string, help: string, of: keyof PaymentState][] = [
  ['seatlane_checkouts_live', 'Checkouts that have not ended.', 'live'],
  [
    'seatlane_checkout_overdue_seconds',
    'How long the oldest live checkout has been over its end.',
    'overdueSeconds',
  ],
  [
    'seatlane_refunds_failed',
    'Refunds that a payment provider has refused, and that are still owed.',
    'failedRefunds',
  ],
];

/** Adds gauges that are read when the metrics are scraped. A gauge has no value while PostgreSQL does not respond. */
export function addPaymentMetrics(
  registry: Registry,
  reads: PaymentReads,
  times: Times = TIMES,
): void {
  const state = cached(() => reads.paymentState(), times);
  for (const [name, help, of] of GAUGES) {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const found = await state();
        this.remove();
        if (found) this.set(found[of]);
      },
    });
  }
}
