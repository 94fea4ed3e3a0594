/** Ends what is left of an order of a cancelled performance. An order that has ended already stays as it is. */
import { strict as assert } from 'node:assert';
import type { endCancelledOrder } from '../../../src/commands/orders/end-cancelled-order.ts';
import { refuseOtherOrder } from '../../../src/domain/concerts/schedule-cancellations.ts';
import type { Reason } from '../../../src/domain/reasons.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { toOrder } from '../to-resource.ts';
import { cancel } from './cancel.ts';

/** The order has ended already; or its hold is over, and the timer of holds ends it. */
const OVER: ReadonlySet<Reason> = new Set(['ORDER_CANCELLED', 'HOLD_EXPIRED']);

export const handleEndCancelledOrder: HandlerOf<typeof endCancelledOrder> = {
  needs: ({ orderId }) => ({
    order: { id: orderId, withCheckouts: true },
    points: true,
    newIds: { payment: 1 },
  }),

  apply(applying) {
    const { rows, command } = applying;
    const { orderId: id, scheduleId } = command.input;
    const order = rows.orders.get(id);
    const other = order && refuseOtherOrder(id, order, scheduleId);
    if (other) return rejected(other.refusal);
    // The owner's own deadline does not count, because the performance does not take place.
    const { refusal } = cancel(applying, { kind: 'order', id, row: order }, order, 'operator');
    if (refusal && !OVER.has(refusal.code)) return rejected(refusal);
    assert(order, `The end of order ${id} was accepted, but it is not loaded.`);
    return succeeded(toOrder(order, rows.bookings.ofOrder(id)));
  },
};
