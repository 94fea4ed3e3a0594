/** An operator cancels a held order of any user, or refunds what is left of a paid one, also after the deadline. */
import type { cancelOrderAsOperator } from '../../../src/commands/orders/cancel-order-as-operator.ts';
import type { HandlerOf } from '../handler.ts';
import { toOrder } from '../to-resource.ts';
import { cancelOrder } from './cancel-order.ts';

export const handleCancelOrderAsOperator: HandlerOf<typeof cancelOrderAsOperator> = {
  isOperators: true,
  needs: ({ orderId }) => ({
    order: { id: orderId, withCheckouts: true, withPoints: true },
    newIds: { payment: 1 },
  }),

  apply(applying) {
    const { rows, command } = applying;
    const { orderId: id } = command.input;
    const order = rows.orders.get(id);
    if (order) {
      rows.operatorLog.noteBefore(toOrder(order, rows.bookings.ofOrder(id)));
      rows.operatorLog.noteOrder(id);
    }
    return cancelOrder(applying, 'operator');
  },
};
