/** The use of a ticket: its holder has entered. A ticket has no row of its own, because it is the paid booking. */
import { defineEntity, p } from '@mikro-orm/core';
import { Booking } from '../booking.ts';

export const CheckIn = defineEntity({
  name: 'CheckIn',
  tableName: 'check_in',
  properties: {
    /** The primary key is the promise: a ticket enters once, whatever the code does. */
    booking: () =>
      p
        .manyToOne(Booking)
        .mapToPk()
        .primary()
        .fieldName('booking_id')
        .foreignKeyName('check_in_booking_fk')
        .deleteRule('no action')
        .updateRule('no action'),
    /** Copied from the booking, without a foreign key: the audit compares both. */
    scheduleId: p.bigint('number'),
    /** The name of the gate. */
    gate: p.string().length(60),
    /** Who scanned the ticket. Without a foreign key: the command has the row of its user, and the audit compares both. */
    userId: p.bigint('number'),
    jobId: p.string().length(64),
    /** When the scan was accepted. */
    at: p.datetime().columnType('timestamptz'),
    /** When a gate without a network let the holder in, by its own clock; null for a scan that waited for the API. */
    scannedAt: p.datetime().columnType('timestamptz').nullable(),
  },
  // Counts who has entered a performance.
  indexes: [{ name: 'check_in_by_schedule', properties: ['scheduleId'] }],
});
