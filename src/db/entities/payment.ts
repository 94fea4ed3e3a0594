/** A payment or refund of a booking, written in the same transaction as the points, the seat and the booking. */
import { defineEntity, p } from '@mikro-orm/core';
import { Booking } from './booking.ts';
import { Seat } from './seat.ts';
import { User } from './user.ts';

export const Payment = defineEntity({
  name: 'Payment',
  tableName: 'payment',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    booking: () =>
      p.manyToOne(Booking).mapToPk().fieldName('booking_id').foreignKeyName('payment_booking_fk'),
    user: () => p.manyToOne(User).mapToPk().fieldName('user_id').foreignKeyName('payment_user_fk'),
    seat: () => p.manyToOne(Seat).mapToPk().fieldName('seat_id').foreignKeyName('payment_seat_fk'),
    price: p.integer(),
    kind: p.enum(['payment', 'refund'] as const),
    /** The user's balance afterwards. */
    balance: p.bigint('number'),
    jobId: p.string().length(64),
    createdAt: p.datetime().columnType('timestamptz'),
  },
  uniques: [
    // A booking is paid at most once and refunded at most once.
    { name: 'payment_one_of_a_kind_per_booking', properties: ['booking', 'kind'] },
  ],
});
