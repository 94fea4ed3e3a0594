/** A payment or refund of an order, written in the same transaction as the points, the seats, the bookings and the order. */
import { defineEntity, p } from '@mikro-orm/core';
import { AppOrder } from './app-order.ts';

export const Payment = defineEntity({
  name: 'Payment',
  tableName: 'payment',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    order: () =>
      p.manyToOne(AppOrder).mapToPk().fieldName('order_id').foreignKeyName('payment_order_fk'),
    /**
     * The one booking that was paid or refunded; null if there were several. Without a foreign key, whose check would lock
     * the booking, which a payment does not touch otherwise. The batch has loaded it with its order, and the audit compares both.
     */
    bookingId: p.bigint('number').nullable(),
    /** The user of its order. Without a foreign key: the audit compares both. */
    userId: p.bigint('number'),
    /** In points. The sum of ten places can exceed the range of an integer. */
    price: p.bigint('number'),
    kind: p.enum(['payment', 'refund'] as const),
    /** The user's balance afterwards. */
    balance: p.bigint('number'),
    jobId: p.string().length(64),
    createdAt: p.datetime().columnType('timestamptz'),
  },
  uniques: [
    // An order is paid at most once, and what was paid is refunded at most once: as a whole, or each booking by itself.
    { name: 'payment_one_per_order', properties: ['order'], where: `kind = 'payment'` },
    {
      name: 'payment_one_refund_per_booking',
      properties: ['bookingId'],
      where: `kind = 'refund'`,
    },
    {
      name: 'payment_one_whole_refund_per_order',
      properties: ['order'],
      where: `kind = 'refund' and booking_id is null`,
    },
  ],
});
