/**
 * A user's claim on a seat, or on one place of an area. While it is live, it is held or paid as its order is; a row says only
 * whether and how it ended.
 */
import { defineEntity, p } from '@mikro-orm/core';
import { Seat } from './seat.ts';

export const BOOKING_ENDS = ['expired', 'cancelled', 'refunded'] as const;

export const Booking = defineEntity({
  name: 'Booking',
  tableName: 'booking',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    /** The user of its order. */
    userId: p.bigint('number'),
    /**
     * The migration declares its foreign key, `booking_fits_order`: (order_id, user_id, is_live) refers to the order's. So a
     * live booking belongs to a live order of its user. `is_live` of an ended booking is null, so that PostgreSQL does not
     * check it.
     */
    orderId: p.bigint('number'),
    // Copied from the seat or area, without a foreign key: that key already guarantees it, and the row lock on the concert
    // that a check per booking takes would cost a tenth of the batch.
    concertId: p.bigint('number'),
    scheduleId: p.bigint('number'),
    seat: () =>
      p
        .manyToOne(Seat)
        .mapToPk()
        .fieldName('seat_id')
        .foreignKeyName('booking_seat_fk')
        .nullable()
        .deleteRule('no action'),
    /**
     * Without a foreign key: a batch checks it with each booking, on a row that a rush changes many times a second, and a long
     * report keeps all versions of that row. The batch holds the lock of the area, and the audit compares both.
     */
    areaId: p.bigint('number').nullable(),
    /** The price of the place when it was held, in points. */
    price: p.integer(),
    /** Null while it is live. */
    endedAs: p.enum(BOOKING_ENDS).nullable(),
    /** True, or null once it has ended. */
    isLive: p.boolean().nullable().generated(`(case when ended_as is null then true end) stored`),
    holdExpiresAt: p.datetime().columnType('timestamptz'),
    /**
     * For a place of an area what `held_until` is for a seat: the end of the hold plus the grace period. Null from the payment
     * on; a hold that ends keeps it.
     */
    areaHeldUntil: p.datetime().columnType('timestamptz').nullable(),
    createdAt: p.datetime().columnType('timestamptz'),
    endedAt: p.datetime().columnType('timestamptz').nullable(),
    jobId: p.string().length(64),
    /** The seat limit per user when the booking was made; null in rows of older versions. */
    seatLimit: p.integer().nullable(),
  },
  checks: [
    { name: 'booking_of_one_place', expression: 'num_nonnulls(seat_id, area_id) = 1' },
    {
      name: 'booking_area_hold_has_end',
      expression: `case when area_id is null or ended_as = 'refunded' then area_held_until is null else ended_as is null or area_held_until is not null end`,
    },
    {
      name: 'booking_ended_has_time',
      expression: '(ended_as is null) = (ended_at is null)',
    },
  ],
  uniques: [
    // A seat has at most one live booking, even with concurrent lanes, a former owner or a bug. The index ignores the
    // clock: an expired hold stays in it until it is ended, if need be in the transaction of a new booking.
    // Places of areas are not in it, and a statement that does not look for seats cannot read it whole.
    {
      name: 'booking_one_live_per_seat',
      properties: ['seat'],
      where: 'ended_as is null and seat_id is not null',
    },
  ],
  indexes: [
    // Finds the holds of an area that have run out. Bookings of seats are not in it.
    {
      name: 'booking_held_by_area',
      properties: ['areaId', 'areaHeldUntil', 'id'],
      where: 'is_live and area_held_until is not null',
    },
    { name: 'booking_by_order', properties: ['orderId'] },
    // Finds who had a seat before. A purchase writes no entry here.
    {
      name: 'booking_ended_by_seat',
      properties: ['seat', 'id'],
      where: 'ended_as is not null and seat_id is not null',
    },
    // Lists find live bookings by their orders, so that a purchase writes no entry here.
    {
      name: 'booking_ended_by_user_and_time',
      columns: [
        { name: 'user_id' },
        { name: 'ended_as' },
        { name: 'created_at', sort: 'desc' },
        { name: 'id', sort: 'desc' },
      ],
      where: 'ended_as is not null',
    },
    // Counts against the seat limit.
    {
      name: 'booking_live_by_user_and_schedule',
      properties: ['userId', 'scheduleId'],
      where: 'ended_as is null',
    },
  ],
});
