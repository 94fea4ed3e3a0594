/** The single row that numbers the entries of the waiting queue and counts the waiting ones. */
import { defineEntity, p } from '@mikro-orm/core';

export const WaitingQueue = defineEntity({
  name: 'WaitingQueue',
  tableName: 'waiting_queue',
  properties: {
    id: p.smallint().primary().autoincrement(false),
    /**
     * Locked by each batch that adds entries, so that numbers have no gaps and become visible in order. A sequence
     * guarantees neither: an admission could skip a number that is assigned but not yet committed.
     */
    lastNumber: p.bigint('number').default(0),
    /** The number of waiting entries, so that limits and polls need not count them. */
    waiting: p.integer().default(0),
    /** The highest number admitted so far. Waiting entries with lower numbers were skipped. */
    lastAdmitted: p.bigint('number').default(0),
    /** Values set by operators at runtime; null means the configured setting applies. */
    isPaused: p.boolean().default(false),
    admitLimit: p.integer().nullable(),
    admitWindowMs: p.integer().nullable(),
    maxActive: p.integer().nullable(),
  },
  checks: [
    { name: 'waiting_queue_waiting_not_negative', expression: 'waiting >= 0' },
    { name: 'waiting_queue_one_row', expression: 'id = 1' },
  ],
});
