/**
 * How far the orders of a cancelled performance have been ended. A timer goes through its live orders by id, in passes, until
 * two passes in a row have found none.
 */
import { defineEntity, p } from '@mikro-orm/core';
import { Schedule } from '../schedule.ts';

export const Cancellation = defineEntity({
  name: 'Cancellation',
  tableName: 'cancellation',
  properties: {
    schedule: () =>
      p
        .manyToOne(Schedule)
        .mapToPk()
        .primary()
        .fieldName('schedule_id')
        .foreignKeyName('cancellation_schedule_fk')
        .deleteRule('no action'),
    /** The number of the pass, from 1. */
    pass: p.integer().default(1),
    /** The pass has enqueued the commands of the live orders up to this id; 0 at its beginning. */
    cursorId: p.bigint('number').default(0),
    /** Whether the pass before found no live order. */
    isChecking: p.boolean().default(false),
    /** The last pass that has enqueued the commands of all live orders, whose failures the next one notes; 0 if none has. */
    triedPass: p.integer().default(0),
    /** When the next page is due; null once all orders have ended. */
    nextAt: p.datetime().columnType('timestamptz').nullable(),
    createdAt: p.datetime().columnType('timestamptz'),
  },
  checks: [{ name: 'cancellation_pass_positive', expression: 'pass > 0' }],
  indexes: [{ name: 'cancellation_due', properties: ['nextAt'], where: 'next_at is not null' }],
});
