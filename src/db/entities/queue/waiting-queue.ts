/**
 * A waiting queue: its settings, and how far its admission has come. Queue 1, the house queue, serves every concert without a
 * queue of its own. Users who enter or leave change `queue_numbering` instead, so they never wait for an admission.
 */
import { defineEntity, p } from '@mikro-orm/core';

export const WaitingQueue = defineEntity({
  name: 'WaitingQueue',
  tableName: 'waiting_queue',
  properties: {
    id: p.smallint().primary().generated('identity'),
    name: p.string().length(200),
    createdAt: p.datetime().columnType('timestamptz'),
    /** The highest number admitted so far. Waiting entries with lower numbers were skipped, or have returned to the line. */
    lastAdmitted: p.bigint('number').default(0),
    /** How many waiting entries the system has admitted or ended. */
    removed: p.bigint('number').default(0),
    /** Rises with each change of the line by the system, under the lock of this row (`QueueBlock`). */
    lineVersion: p.bigint('number').default(0),
    /** No entry in the line has a lower number: admissions begin here, and do not read what is before it again. */
    lineFrom: p.bigint('number').default(0),
    /** Since when the queue has nothing to sell, and why. Waiting ends when that has lasted for some seconds. */
    overSince: p.datetime().columnType('timestamptz').nullable(),
    overReason: p.enum(['sold-out', 'closed'] as const).nullable(),
    /** Values set by operators at runtime; null means the configured setting applies. */
    isPaused: p.boolean().default(false),
    admitLimit: p.integer().nullable(),
    admitWindowMs: p.integer().nullable(),
    maxActive: p.integer().nullable(),
  },
  checks: [
    { name: 'waiting_queue_removed_not_negative', expression: 'removed >= 0' },
    {
      name: 'waiting_queue_over_has_reason',
      expression: '(over_since is null) = (over_reason is null)',
    },
  ],
});
