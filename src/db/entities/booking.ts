/** A user's claim on a seat: held, then paid, or ended as expired, cancelled or refunded. */
import { defineEntity, p } from '@mikro-orm/core';
import { Seat } from './seat.ts';
import { User } from './user.ts';

export const Booking = defineEntity({
  name: 'Booking',
  tableName: 'booking',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    user: () => p.manyToOne(User).mapToPk().fieldName('user_id').foreignKeyName('booking_user_fk'),
    // Copied from the seat, which has the foreign key: a lock on the one concert's row from each of
    // its bookings, only to check what the seat's own key proves, costs a tenth of the batch.
    concertId: p.bigint('number'),
    scheduleId: p.bigint('number'),
    seat: () => p.manyToOne(Seat).mapToPk().fieldName('seat_id').foreignKeyName('booking_seat_fk'),
    /** The seat's price when it was held, in points. */
    price: p.integer(),
    state: p.enum(['held', 'paid', 'expired', 'cancelled', 'refunded'] as const),
    holdExpiresAt: p.datetime().columnType('timestamptz'),
    createdAt: p.datetime().columnType('timestamptz'),
    endedAt: p.datetime().columnType('timestamptz').nullable(),
    jobId: p.string().length(64),
    /** How many live bookings of the schedule its user was allowed when it was made; null in rows of older versions. */
    seatLimit: p.integer().nullable(),
  },
  checks: [
    {
      name: 'booking_ended_has_time',
      expression: `(state in ('held', 'paid')) = (ended_at is null)`,
    },
  ],
  uniques: [
    // A seat has one live booking, whatever two lanes, a slow owner or a bug try. It cannot see the
    // clock: an expired hold keeps its place here until a new booking ends it in its transaction.
    { name: 'booking_one_live_per_seat', properties: ['seat'], where: `state in ('held', 'paid')` },
  ],
  indexes: [
    {
      name: 'booking_by_user_newest',
      columns: [{ name: 'user_id' }, { name: 'id', sort: 'desc' }],
    },
    {
      name: 'booking_live_by_user_and_schedule',
      properties: ['user', 'scheduleId'],
      where: `state in ('held', 'paid')`,
    },
  ],
});
