/**
 * An order of a cancelled performance whose last command to end it failed. Later passes try again; then it is no longer live.
 * It has no foreign key to the order: a row is a note, and the key's lock would wait for batches, which lock orders.
 */
import { defineEntity, p } from '@mikro-orm/core';

export const CancellationFailure = defineEntity({
  name: 'CancellationFailure',
  tableName: 'cancellation_failure',
  properties: {
    orderId: p.bigint('number').primary().autoincrement(false),
    scheduleId: p.bigint('number'),
    /** The pass whose command failed. */
    pass: p.integer(),
    failedAt: p.datetime().columnType('timestamptz'),
  },
  indexes: [{ name: 'cancellation_failure_by_schedule', properties: ['scheduleId', 'orderId'] }],
});
