/** One performance of a concert, with the window in which its seats can be booked. */
import { defineEntity, p } from '@mikro-orm/core';
import type { PricedCategory } from '../../commands/schemas/hall-resources.ts';
import { Concert } from './concert.ts';

export const Schedule = defineEntity({
  name: 'Schedule',
  tableName: 'schedule',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    concert: () =>
      p.manyToOne(Concert).mapToPk().fieldName('concert_id').foreignKeyName('schedule_concert_fk'),
    bookingStartAt: p.datetime().columnType('timestamptz'),
    bookingEndAt: p.datetime().columnType('timestamptz'),
    startAt: p.datetime().columnType('timestamptz'),
    endAt: p.datetime().columnType('timestamptz'),
    seatCount: p.integer(),
    /** When operators cancelled the performance; null as long as it takes place. */
    cancelledAt: p.datetime().columnType('timestamptz').nullable(),
    /** The reason that the operator gave. */
    cancelReason: p.string().length(200).nullable(),
    /** When operators closed its sale: no place of it can be held any more. null while they have not; its concert can be closed too. */
    closedAt: p.datetime().columnType('timestamptz').nullable(),
    /** The reason that the operator gave. */
    closeReason: p.string().length(200).nullable(),
    /**
     * The version of the hall of which it was made; null if its seats were given as ranges. The migration declares the foreign key,
     * `schedule_hall_fk`: (hall_id, hall_version) refers to the version.
     */
    hallId: p.bigint('number').nullable(),
    hallVersion: p.integer().nullable(),
    /** The categories of the hall with their prices. `seat.category` is an index in them. */
    categories: p.json<PricedCategory[]>().nullable(),
    /** Until when accessible seats are kept for orders that ask for them; null: until the end of the sale. */
    accessibleUntil: p.datetime().columnType('timestamptz').nullable(),
    /**
     * The lowest and the highest price of its seats and areas, in points; they never change. null without any, and in a row from before
     * `schedule_booking_ends_by_start` that violates it.
     */
    priceFrom: p.integer().nullable(),
    priceTo: p.integer().nullable(),
  },
  checks: [
    {
      name: 'schedule_cancelled_has_reason',
      expression: '(cancelled_at is null) = (cancel_reason is null)',
    },
    {
      name: 'schedule_closed_has_reason',
      expression: '(closed_at is null) = (close_reason is null)',
    },
    {
      name: 'schedule_accessible_has_hall',
      expression: 'accessible_until is null or hall_id is not null',
    },
    {
      name: 'schedule_hall_whole',
      expression:
        '(hall_id is null) = (hall_version is null) and (hall_id is null) = (categories is null)',
    },
    { name: 'schedule_booking_ends_by_start', expression: 'booking_end_at <= start_at' },
    { name: 'schedule_booking_window_forward', expression: 'booking_start_at < booking_end_at' },
    { name: 'schedule_times_forward', expression: 'start_at < end_at' },
    {
      name: 'schedule_prices_forward',
      expression:
        '(price_from is null) = (price_to is null) and (price_from is null or price_from between 0 and price_to)',
    },
  ],
  indexes: [
    { name: 'schedule_by_concert_and_start', properties: ['concert', 'startAt', 'id'] },
    {
      name: 'schedule_bookable_by_concert',
      properties: ['concert', 'bookingEndAt', 'bookingStartAt'],
    },
    // The sales that have not ended, whatever the number of those that have.
    { name: 'schedule_by_booking_end', properties: ['bookingEndAt'] },
    // The performances to come of all concerts, in the order of the list of events.
    { name: 'schedule_by_start', properties: ['startAt', 'concert', 'id'] },
  ],
});
