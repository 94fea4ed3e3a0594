/** Notes that an order was paid, or that a payment was refunded. */
import type { Booking } from '../../../src/domain/orders.ts';
import type { Moved } from '../../../src/domain/points.ts';
import type { OrderRow, PaymentRow } from '../../rows/rows.ts';
import type { Applying } from '../handler.ts';

/**
 * @param bookings those that are paid or refunded
 * @param moved the points that have moved to or from the balance of the order's user
 */
export function notePayment(
  { command: { jobId }, rows }: Pick<Applying, 'command' | 'rows'>,
  kind: PaymentRow['kind'],
  { id: orderId, userId }: OrderRow,
  bookings: readonly Pick<Booking, 'id'>[],
  { amount, balance }: Moved,
): PaymentRow {
  const [first] = bookings;
  const payment: PaymentRow = {
    id: rows.newIds.payment.take(),
    orderId,
    bookingId: first && bookings.length === 1 ? first.id : null,
    userId,
    price: amount,
    kind,
    balance,
    jobId,
  };
  rows.payments.push(payment);
  return payment;
}
