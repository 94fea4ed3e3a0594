/** A user's claim on a seat: held, then paid, or ended as expired, cancelled or refunded. */
import { defineEntity, p } from '@mikro-orm/core';
import { Seat } from './seat.ts';

export const BOOKING_STATES = ['held', 'paid', 'expired', 'cancelled', 'refunded'] as const;

export const Booking = defineEntity({
  name: 'Booking',
  tableName: 'booking',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    /** The user of its order. */
    userId: p.bigint('number'),
    /**
     * The migration declares its foreign key, `booking_fits_order`: (order_id, user_id, live_state) refers to the order's. So
     * a held booking belongs to a held order of its user and a paid one to a paid order, and no part-paid order can be
     * written. An ended booking has no live state, so that PostgreSQL does not check it.
     */
    orderId: p.bigint('number'),
    // Copied from the seat, without a foreign key: the seat's key already guarantees it, and the row lock on the concert
    // that a check per booking takes would cost a tenth of the batch.
    concertId: p.bigint('number'),
    scheduleId: p.bigint('number'),
    seat: () => p.manyToOne(Seat).mapToPk().fieldName('seat_id').foreignKeyName('booking_seat_fk'),
    /** The seat's price when it was held, in points. */
    price: p.integer(),
    state: p.enum(BOOKING_STATES),
    liveState: p
      .string()
      .columnType('text')
      .nullable()
      .generated(`(case when state in ('held', 'paid') then state end) stored`),
    holdExpiresAt: p.datetime().columnType('timestamptz'),
    createdAt: p.datetime().columnType('timestamptz'),
    endedAt: p.datetime().columnType('timestamptz').nullable(),
    jobId: p.string().length(64),
    /** The seat limit per user when the booking was made; null in rows of older versions. */
    seatLimit: p.integer().nullable(),
  },
  checks: [
    {
      name: 'booking_ended_has_time',
      expression: `(state in ('held', 'paid')) = (ended_at is null)`,
    },
  ],
  uniques: [
    // A seat has at most one live booking, even with concurrent lanes, a former owner or a bug. The index ignores the
    // clock: an expired hold stays in it until it is ended, if need be in the transaction of a new booking.
    { name: 'booking_one_live_per_seat', properties: ['seat'], where: `state in ('held', 'paid')` },
  ],
  indexes: [
    { name: 'booking_by_order', properties: ['orderId'] },
    {
      name: 'booking_by_user_state_and_time',
      columns: [
        { name: 'user_id' },
        { name: 'state' },
        { name: 'created_at', sort: 'desc' },
        { name: 'id', sort: 'desc' },
      ],
    },
    {
      name: 'booking_live_by_user_and_schedule',
      properties: ['userId', 'scheduleId'],
      where: `state in ('held', 'paid')`,
    },
  ],
});
