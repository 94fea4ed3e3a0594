/**
 * Pays an order as a whole. Points, history, seats, areas, order, payment and queue entry change together or not at all. A payment
 * changes no booking of a seat: the order says that its live bookings are paid. Shared by `pay-order`, `pay-booking` and `settle-checkout`.
 */
import { strict as assert } from 'node:assert';
import { decidePayment, type Named } from '../../../src/domain/orders.ts';
import { decideUse } from '../../../src/domain/points.ts';
import { endsWithPayment, refusePaymentToken } from '../../../src/domain/queue-entries.ts';
import type { Decision } from '../../../src/domain/reasons.ts';
import type { OrderRow, PaymentRow } from '../../rows/rows.ts';
import type { Applying } from '../handler.ts';
import { movePoints } from '../points/move-points.ts';
import { tokenEntry } from '../queue/queue-token.ts';
import { heldBookingsOf } from './expire-order.ts';
import { notePayment } from './note-payment.ts';
import { sellPlace } from './places.ts';

export interface PaidOrder {
  order: OrderRow;
  payment: PaymentRow;
}

/** @param order the named order, or that of the named booking */
export function pay(
  applying: Applying,
  named: Named,
  order: OrderRow | undefined,
): Decision<PaidOrder> {
  const { command, rows } = applying;
  const { userId, acceptedAt } = command;
  const points = rows.pointsOf(userId);
  const entry = tokenEntry(command, rows);
  const decision = decidePayment({
    named,
    order,
    bookings: order ? rows.bookings.ofOrder(order.id) : [],
    userId,
    balance: points.balance,
    acceptedAt,
    noToken: refusePaymentToken(entry, order, userId, acceptedAt),
  });
  if (decision.refusal) return decision;
  assert(order, `The payment of ${named.kind} ${named.id} was accepted, but it is not loaded.`);

  // What is paid on a page that stays open would have to go back.
  rows.money.closePageOf(order.id);
  return { change: payHeld(applying, order) };
}

/**
 * Pays a held order from the balance of the command's user, who is the user of the order. The rules have decided that it can be
 * paid, and that the balance is sufficient.
 */
export function payHeld(applying: Applying, order: OrderRow): PaidOrder {
  const { command, rows, now } = applying;
  const { userId } = command;
  const amount = order.total;
  const { change: moved, refusal } = decideUse(rows.pointsOf(userId).balance, amount);
  assert(!refusal, `User ${userId} has fewer points than order ${order.id} costs.`);
  const held = heldBookingsOf(rows, order);
  const price = held.reduce((sum, booking) => sum + booking.price, 0);
  assert(held.length > 0 && price === amount, `Order ${order.id} differs from its bookings.`);
  for (const booking of held) sellPlace(rows, booking);
  rows.orders.change(order, { state: 'paid', paidAt: now });
  movePoints(applying, userId, 'use', moved);
  const payment = notePayment(applying, 'payment', order, held, moved);
  endEntry(applying, order);
  return { order, payment };
}

/** Ends the queue entry under which the order was placed, unless another held order needs it. */
function endEntry({ command, rows, now }: Applying, order: OrderRow): void {
  const entry =
    order.entryId === null ? tokenEntry(command, rows) : rows.queueEntries.get(order.entryId);
  if (!entry || entry.queueId !== order.queueId) return;
  if (!endsWithPayment(entry, rows.ordersHeldWith(entry.id), now)) return;
  rows.queueEntries.change(entry, { state: 'ended', endedAt: now, endReason: 'paid' });
}
