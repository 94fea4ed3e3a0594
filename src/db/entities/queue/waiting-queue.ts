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
    /** The highest number admitted so far. Waiting entries with lower numbers were skipped. */
    lastAdmitted: p.bigint('number').default(0),
    /** How many entries the admission has taken out of the line. */
    removed: p.bigint('number').default(0),
    /** Values set by operators at runtime; null means the configured setting applies. */
    isPaused: p.boolean().default(false),
    admitLimit: p.integer().nullable(),
    admitWindowMs: p.integer().nullable(),
    maxActive: p.integer().nullable(),
  },
  checks: [{ name: 'waiting_queue_removed_not_negative', expression: 'removed >= 0' }],
});
