/** Reads what was paid for an order and what was given back. Not prepared: a buyer looks at it a few times, long after the sale. */
import { type Expression, type InferResult, sql } from 'kysely';
import type { OrderPayment } from '../../../commands/schemas/order-payments.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { db, type Given, rareStatement } from '../../statement.ts';

const payments = () => db.selectFrom('payment').selectAll('payment');

type Part = InferResult<ReturnType<typeof payments>>[number];

/**
 * In three parts, each found by an index: the payment, the refund of several bookings, and the refunds of single ones. No index has
 * all payments of an order, because each sale would have to write it.
 */
const paymentsOf = (orderId: Expression<number>) =>
  sql<Part>`(${sql.join(
    [
      payments().where('order_id', '=', orderId).where('kind', '=', sql.lit('payment')),
      payments()
        .where('order_id', '=', orderId)
        .where('kind', '=', sql.lit('refund'))
        .where('booking_id', 'is', null),
      payments()
        .innerJoin('booking', 'booking.id', 'payment.booking_id')
        .where('booking.order_id', '=', orderId)
        .where('kind', '=', sql.lit('refund')),
    ],
    sql` union all `,
  )})`;

type Wanted = Given<{ subject: string; orderId: number }>;

const withMethods = ({ subject, orderId }: Wanted) =>
  db
    .selectFrom('app_order')
    .leftJoin(paymentsOf(orderId).as('paid'), (join) => join.onTrue())
    .leftJoin('checkout', (join) =>
      join.onRef('checkout.order_id', '=', 'app_order.id').on('checkout.paid_at', 'is not', null),
    )
    .leftJoin('card_refund', 'card_refund.payment_id', 'paid.id')
    .select(['paid.id', 'paid.kind', 'paid.price as amount', 'paid.booking_id as bookingId'])
    .select(['paid.created_at as createdAt', 'checkout.currency', 'checkout.id as checkoutId'])
    .select('card_refund.state as refundState')
    .where('app_order.id', '=', orderId)
    .where(
      'app_order.user_id',
      '=',
      db.selectFrom('app_user').select('id').where('subject', '=', subject),
    )
    .orderBy('paid.id');

const ofOrder = rareStatement(withMethods);

/**
 * What a user paid for an order, and what was given back, by time.
 * @returns undefined if the user has no such order
 */
export async function findOrderPayments(
  orm: Database,
  wanted: { subject: string; orderId: number },
): Promise<OrderPayment[] | undefined> {
  const rows = await rowsOf(orm, ofOrder(wanted));
  return rows.length > 0 ? rows.flatMap(toPayment) : undefined;
}

/** An order that is not paid has one row, without a payment. */
function toPayment(row: InferResult<ReturnType<typeof withMethods>>[number]): OrderPayment[] {
  const { id, kind, amount, bookingId, createdAt, refundState } = row;
  if (id === null || kind === null || amount === null || createdAt === null) return [];
  const isByCard = kind === 'payment' ? row.checkoutId !== null : refundState !== null;
  return [
    {
      id,
      kind,
      method: isByCard ? 'card' : 'points',
      amount,
      currency: isByCard ? row.currency : null,
      bookingId,
      state: refundState ?? 'done',
      createdAt: createdAt.toISOString(),
    },
  ];
}
