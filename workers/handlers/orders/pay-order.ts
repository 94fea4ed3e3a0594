/** Pays a held order with points. */
import type { payOrder } from '../../../src/commands/orders/pay-order.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { toOrder } from '../to-resource.ts';
import { pay } from './pay.ts';

export const handlePayOrder: HandlerOf<typeof payOrder> = {
  needs: ({ orderId }) => ({
    order: { id: orderId, withQueueEntry: true },
    points: true,
    newIds: { payment: 1 },
  }),

  apply(applying) {
    const { rows, command } = applying;
    const { orderId: id } = command.input;
    const order = rows.orders.get(id);
    const decision = pay(applying, { kind: 'order', id, row: order }, order);
    if (decision.refusal) return rejected(decision.refusal);
    const { payment, order: paid } = decision.change;
    const { balance } = payment;
    return succeeded({ order: toOrder(paid, rows.bookings.ofOrder(id)), balance });
  },
};
