/** The rules of refunds, as the page shows them before the API applies them. */
import type { OrderPayment } from '../../client/index.ts';

const HOUR_MS = 3_600_000;

/**
 * Until when a buyer can get a refund.
 * @param startAt when the performance starts, ISO 8601
 * @param cancelUntilHours how long before that refunds end
 * @returns ISO 8601
 */
export function refundEnd(startAt: string, cancelUntilHours: number): string {
  return new Date(Date.parse(startAt) - cancelUntilHours * HOUR_MS).toISOString();
}

/** How an order was paid, which is where a refund goes to. */
export interface PaidWay {
  method: 'points' | 'card';
  /** ISO 4217; null for points. */
  currency: string | null;
}

/** @returns undefined for an order that was not paid, or whose payments were not read yet */
export function paidWay(payments: readonly OrderPayment[] | undefined): PaidWay | undefined {
  return payments?.find(({ kind }) => kind === 'payment');
}
