/** Begins to pay a held order by card. The hold lasts as long as the payment page. */
import { strict as assert } from 'node:assert';
import type { startCheckout } from '../../../src/commands/money/start-checkout.ts';
import { decideCheckout } from '../../../src/domain/checkouts.ts';
import { refusePaymentToken } from '../../../src/domain/queue-entries.ts';
import type { OrderRow } from '../../rows/rows.ts';
import { type Applying, type HandlerOf, rejected, succeeded } from '../handler.ts';
import { heldBookingsOf } from '../orders/expire-order.ts';
import { keepPlace } from '../orders/places.ts';
import { tokenEntry } from '../queue/queue-token.ts';
import { beginCheckout } from './begin-checkout.ts';
import { toCheckout } from './to-checkout.ts';

export const handleStartCheckout: HandlerOf<typeof startCheckout> = {
  needs: ({ orderId }) => ({
    order: { id: orderId, withCheckouts: true, withQueueEntry: true },
    begunCheckouts: true,
    newIds: { checkout: 1 },
  }),

  apply(applying) {
    const { command, rows, now, settings } = applying;
    const { userId, acceptedAt, input } = command;
    const { orderId, returnUrl, provider } = input;
    const order = rows.orders.get(orderId);
    const decision = decideCheckout({
      named: { kind: 'order', id: orderId, row: order },
      order,
      checkouts: rows.money.checkouts.ofOrder(orderId, rows.bookings.ofOrder(orderId)),
      userId,
      begun: rows.money.checkouts.begunBy(userId),
      acceptedAt,
      times: { now, checkoutMs: settings.payments.checkoutMs },
      noToken: refusePaymentToken(tokenEntry(command, rows), order, userId, acceptedAt),
    });
    if (decision.refusal) return rejected(decision.refusal);
    assert(order, `A checkout of order ${orderId} was accepted, but the order is not loaded.`);
    const { amount, expiresAt, holdExpiresAt } = decision.change;
    if (holdExpiresAt) extendHold(applying, order, holdExpiresAt);
    const begun = { orderId, provider, amount, expiresAt, returnUrl };
    return succeeded(toCheckout(beginCheckout(applying, begun)));
  },
};

function extendHold({ rows, settings }: Applying, order: OrderRow, holdExpiresAt: Date): void {
  for (const booking of heldBookingsOf(rows, order)) keepPlace(rows, booking);
  const heldUntil = new Date(holdExpiresAt.getTime() + settings.holdGraceMs);
  rows.extendHold(order, { holdExpiresAt, heldUntil });
}
