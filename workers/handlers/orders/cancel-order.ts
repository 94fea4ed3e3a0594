/** Cancels a held order, or refunds what is left of a paid one. */

import type { Outcome } from '../../../src/commands/command.ts';
import type {
  CancelOrder,
  cancelOrder as cancelOrderCommand,
} from '../../../src/commands/orders/cancel-order.ts';
import type { Order } from '../../../src/commands/schemas/resources.ts';
import type { Actor } from '../../../src/domain/orders.ts';
import { type Applying, type HandlerOf, rejected, succeeded } from '../handler.ts';
import { toOrder } from '../to-resource.ts';
import { cancel } from './cancel.ts';

export const handleCancelOrder: HandlerOf<typeof cancelOrderCommand> = {
  needs: ({ orderId }) => ({
    order: { id: orderId, withCheckIns: true, withCheckouts: true },
    points: true,
    newIds: { payment: 1 },
  }),
  apply: (applying) => cancelOrder(applying),
};

/** Cancels the named order as a whole. @param by as of `cancel` */
export function cancelOrder(applying: Applying<CancelOrder>, by?: Actor): Outcome<Order> {
  const { rows, command } = applying;
  const { orderId: id } = command.input;
  const order = rows.orders.get(id);
  const decision = cancel(applying, { kind: 'order', id, row: order }, order, by);
  if (decision.refusal) return rejected(decision.refusal);
  return succeeded(toOrder(decision.change, rows.bookings.ofOrder(id)));
}
