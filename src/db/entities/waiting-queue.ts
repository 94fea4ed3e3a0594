/** The one row that numbers the places of the waiting queue and counts who waits. */
import { defineEntity, p } from '@mikro-orm/core';

export const WaitingQueue = defineEntity({
  name: 'WaitingQueue',
  tableName: 'waiting_queue',
  properties: {
    id: p.smallint().primary().autoincrement(false),
    /**
     * Locked by each batch that adds places, so that numbers have no gaps and become visible in
     * their order. A sequence gives neither, and an admission could pass over a number that is
     * drawn but not yet committed.
     */
    lastNumber: p.bigint('number').default(0),
    /** How many wait, so that neither a limit nor a poll has to count them. */
    waiting: p.integer().default(0),
    /** The highest number admitted so far. Who waits with a lower one was passed over. */
    lastAdmitted: p.bigint('number').default(0),
    /** What operators have set while it runs; null leaves it to the settings of the processes. */
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
