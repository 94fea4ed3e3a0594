/** An order of a cancelled performance whose last command to end it failed. Later passes try again; then it is no longer live. */
import { defineEntity, p } from '@mikro-orm/core';
import { AppOrder } from '../app-order.ts';

export const CancellationFailure = defineEntity({
  name: 'CancellationFailure',
  tableName: 'cancellation_failure',
  properties: {
    order: () =>
      p
        .manyToOne(AppOrder)
        .mapToPk()
        .primary()
        .fieldName('order_id')
        .foreignKeyName('cancellation_failure_order_fk')
        .deleteRule('no action'),
    scheduleId: p.bigint('number'),
    /** The pass whose command failed. */
    pass: p.integer(),
    failedAt: p.datetime().columnType('timestamptz'),
  },
  indexes: [{ name: 'cancellation_failure_by_schedule', properties: ['scheduleId', 'order'] }],
});
