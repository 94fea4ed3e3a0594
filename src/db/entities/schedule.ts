/** One performance of a concert, with the window in which its seats can be booked. */
import { defineEntity, p } from '@mikro-orm/core';
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
  },
  checks: [
    {
      name: 'schedule_cancelled_has_reason',
      expression: '(cancelled_at is null) = (cancel_reason is null)',
    },
    { name: 'schedule_booking_ends_by_start', expression: 'booking_end_at <= start_at' },
    { name: 'schedule_booking_window_forward', expression: 'booking_start_at < booking_end_at' },
    { name: 'schedule_times_forward', expression: 'start_at < end_at' },
  ],
  indexes: [
    { name: 'schedule_by_concert_and_start', properties: ['concert', 'startAt', 'id'] },
    {
      name: 'schedule_bookable_by_concert',
      properties: ['concert', 'bookingEndAt', 'bookingStartAt'],
    },
    // The sales that have not ended, whatever the number of those that have.
    { name: 'schedule_by_booking_end', properties: ['bookingEndAt'] },
  ],
});
