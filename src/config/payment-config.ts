/** The settings of card payments, with the unit in the name. */
import type { Settings } from './settings.ts';

export interface PaymentConfig {
  /** ISO 4217. One point is one minor unit. */
  readonly currency: string;
  readonly checkoutMs: number;
  readonly reconcileMs: number;
  /** What becomes of money for an order that cannot be paid any more. */
  readonly latePayment: 'refund' | 'keep';
  /** Origins to which buyers may return; `http://localhost:*` is any port of this machine. */
  readonly returnOrigins: readonly string[];
  /** Whether every user may add points without money. */
  readonly openCharging: boolean;
  /** undefined if the sandbox is no provider here. */
  readonly sandbox: SandboxAccess | undefined;
  /** undefined if Stripe is no provider here. */
  readonly stripe: StripeAccess | undefined;
}

export interface SandboxAccess {
  readonly url: string;
  readonly secret: string;
}

export interface StripeAccess {
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** Another address than Stripe's own, for tests. */
  readonly apiUrl: string | undefined;
}

export function toPaymentConfig(s: Settings): PaymentConfig {
  const { SANDBOX_URL, SANDBOX_SECRET, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET } = s;
  return {
    currency: s.CURRENCY,
    checkoutMs: s.CHECKOUT_SECONDS * 1000,
    reconcileMs: s.RECONCILE_SECONDS * 1000,
    latePayment: s.LATE_PAYMENT,
    returnOrigins: s.RETURN_ORIGINS,
    openCharging: s.OPEN_CHARGING,
    sandbox:
      SANDBOX_URL && SANDBOX_SECRET ? { url: SANDBOX_URL, secret: SANDBOX_SECRET } : undefined,
    stripe:
      STRIPE_SECRET_KEY && STRIPE_WEBHOOK_SECRET
        ? {
            secretKey: STRIPE_SECRET_KEY,
            webhookSecret: STRIPE_WEBHOOK_SECRET,
            apiUrl: s.STRIPE_API_URL,
          }
        : undefined,
  };
}
