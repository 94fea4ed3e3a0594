/**
 * Applies what a provider tells of a checkout. Money that was captured is credited to the user's points. It pays the order if that is
 * still held; otherwise it goes back to the card, or stays, as `LATE_PAYMENT` says.
 */
import { strict as assert } from 'node:assert';
import type {
  SettleCheckout,
  SettledCheckout,
  settleCheckout,
} from '../../../src/commands/money/settle-checkout.ts';
import { charge } from '../../../src/domain/points.ts';
import { decideSettlement, type Told } from '../../../src/domain/settlements.ts';
import type { CheckoutRow, OrderRow } from '../../rows/rows.ts';
import { type Applying, type HandlerOf, type RunningCommand, succeeded } from '../handler.ts';
import { payHeld } from '../orders/pay.ts';
import { movePoints } from '../points/move-points.ts';
import { toOrder } from '../to-resource.ts';
import { refundToCard } from './refund-to-card.ts';
import { toCheckout } from './to-checkout.ts';

export const handleSettleCheckout: HandlerOf<typeof settleCheckout> = {
  needs: ({ checkoutId, orderId }) => ({
    checkoutId,
    points: true,
    ...(orderId !== null && {
      order: { id: orderId, withQueueEntry: true },
      newIds: { payment: 1 },
    }),
  }),

  apply(applying) {
    const { command, rows, now, settings } = applying;
    const { checkoutId, orderId, key, provider, ref, callId } = command.input;
    const { money } = rows;
    const checkout = money.checkouts.meant({ id: checkoutId, key, userId: command.userId });
    if (checkout?.provider !== provider) return succeeded(unknownTo(command));
    money.endCall(callId, checkoutId);
    // About another page of the checkout. If that was paid, people have to look at the provider.
    const isOther = ref !== (checkout.providerRef ?? ref) && ref !== undefined;
    if (isOther) return succeeded(unknownTo(command));
    assert(
      checkout.orderId === orderId,
      `Checkout ${checkoutId} has another order than ${orderId}.`,
    );
    const order = orderId === null ? undefined : rows.orders.get(orderId);
    const told = toldBy(command);
    const { latePayment } = settings.payments;
    const settlement = decideSettlement(checkout, told, { order, now, latePayment });
    if (checkout.providerRef === null && ref !== undefined) {
      money.checkouts.change(checkout, { providerRef: ref });
    }
    if (settlement.kind === 'over') {
      const { failure = null } = command.input;
      money.checkouts.change(checkout, { state: settlement.state, failure, lookAt: null });
    } else if (settlement.kind !== 'unchanged' && told.outcome === 'paid') {
      capture(applying, { checkout, captured: told.captured, as: settlement.kind, order });
    }
    const paid = settlement.kind === 'paid' && order;
    return succeeded({
      checkout: toCheckout(checkout),
      order: paid ? toOrder(paid, rows.bookings.ofOrder(paid.id)) : null,
      ...(paid && paid.entryId !== null && { entryId: paid.entryId }),
    });
  },
};

/** The result if the provider speaks of another payment than that of the checkout: nothing was changed. */
function unknownTo({ input }: RunningCommand<SettleCheckout>): SettledCheckout {
  const { outcome, checkoutId, key, provider, ref = null, amount = null } = input;
  const told = { checkoutId, key, provider, ref, amount };
  return { checkout: null, order: null, outcome, told };
}

function toldBy({ input }: RunningCommand<SettleCheckout>): Told {
  const { outcome, amount, failure } = input;
  if (outcome !== 'paid') return { outcome, failure };
  assert(amount !== undefined, 'A payment does not say what was captured.');
  return { outcome, captured: amount };
}

interface Captured {
  checkout: CheckoutRow;
  /** In minor units; one is one point. */
  captured: number;
  as: 'paid' | 'credited' | 'refunding';
  order: OrderRow | undefined;
}

function capture(applying: Applying, { checkout, captured, as, order }: Captured): void {
  const { command, rows, now } = applying;
  const { userId, jobId } = command;
  movePoints(applying, userId, 'charge', charge(rows.pointsOf(userId).balance, captured));
  if (as === 'paid') {
    assert(order, `Checkout ${checkout.id} pays an order that is not loaded.`);
    payHeld(applying, order);
    // Another page of the order may be open, because an earlier one has been paid after it had failed.
    rows.money.closePageOf(order.id);
  }
  rows.money.checkouts.change(checkout, {
    state: as === 'paid' ? 'paid' : 'credited',
    captured,
    refunding: 0,
    failure: null,
    lookAt: null,
    paidAt: as === 'paid' ? now : null,
    settledJobId: jobId,
    settledAt: now,
  });
  if (as === 'refunding') refundToCard(applying, checkout, { amount: captured, paymentId: null });
}
