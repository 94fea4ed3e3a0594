/** Begins to buy points by card. */
import type { startTopUp } from '../../../src/commands/money/start-top-up.ts';
import { decideTopUp } from '../../../src/domain/checkouts.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { beginCheckout } from './begin-checkout.ts';
import { toCheckout } from './to-checkout.ts';

export const handleStartTopUp: HandlerOf<typeof startTopUp> = {
  needs: () => ({ begunCheckouts: true, newIds: { checkout: 1 } }),

  apply(applying) {
    const { command, rows, now, settings } = applying;
    const { amount, returnUrl, provider } = command.input;
    const begun = rows.money.checkouts.begunBy(command.userId);
    const decision = decideTopUp(begun, { now, checkoutMs: settings.payments.checkoutMs });
    if (decision.refusal) return rejected(decision.refusal);
    const { expiresAt } = decision.change;
    const checkout = { orderId: null, provider, amount, expiresAt, returnUrl };
    return succeeded(toCheckout(beginCheckout(applying, checkout)));
  },
};
