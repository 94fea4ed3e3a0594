/**
 * Pays an order as a whole. Points, history, seats, areas, order, payment and queue entry change together or not at all. A payment
 * changes no booking of a seat: the order says that its live bookings are paid. Shared by `pay-order`, `pay-booking` and `settle-checkout`.
 */
import { strict as assert } from 'node:assert';
import { decidePayment, type Named } from '../../../src/domain/orders.ts';
import { endsWithPayment, refusePaymentToken } from '../../../src/domain/queue-entries.ts';
import type { Decision } from '../../../src/domain/reasons.ts';
import type { OrderRow, PaymentRow } from '../../rows/rows.ts';
import type { Applying } from '../handler.ts';
import { tokenEntry } from '../queue/queue-token.ts';
import { heldBookingsOf } from './expire-order.ts';
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
  const { userId, jobId } = command;
  const points = rows.pointsOf(userId);
  const amount = order.total;
  const balance = points.balance - amount;
  const held = heldBookingsOf(rows, order);
  const price = held.reduce((sum, booking) => sum + booking.price, 0);
  assert(held.length > 0 && price === amount, `Order ${order.id} differs from its bookings.`);
  for (const booking of held) sellPlace(rows, booking);
  rows.orders.change(order, { state: 'paid', paidAt: now });
  rows.points.change(points, { balance });
  rows.history.push({ userId, kind: 'use', amount, balance, jobId });
  const payment: PaymentRow = {
    id: rows.newIds.payment.take(),
    orderId: order.id,
    bookingId: held.length === 1 ? (held[0]?.id ?? null) : null,
    userId,
    price: amount,
    kind: 'payment',
    balance,
    jobId,
  };
  rows.payments.push(payment);
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
