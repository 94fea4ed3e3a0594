/**
 * The numbers and counts of a waiting queue that change when users enter or leave. The number of waiting entries is
 * `added - removed` less `waiting_queue.removed`.
 */
import { defineEntity, p } from '@mikro-orm/core';
import { WaitingQueue } from './waiting-queue.ts';

export const QueueNumbering = defineEntity({
  name: 'QueueNumbering',
  tableName: 'queue_numbering',
  properties: {
    queue: () =>
      p
        .manyToOne(WaitingQueue)
        .mapToPk()
        .primary()
        .fieldName('queue_id')
        .foreignKeyName('queue_numbering_queue_fk'),
    /**
     * Locked by each batch that adds entries, so that numbers have no gaps and become visible in order. A sequence
     * guarantees neither: an admission could skip a number that is assigned but not yet committed.
     */
    lastNumber: p.bigint('number').default(0),
    /** How many entries users have added to the line. */
    added: p.bigint('number').default(0),
    /** How many waiting entries their users have ended. */
    removed: p.bigint('number').default(0),
    /** When the last draw of the queue closed. Waiting entries that are ended afterwards have ended after it. */
    drawClosedAt: p.datetime().columnType('timestamptz').nullable(),
  },
  checks: [
    { name: 'queue_numbering_removes_added', expression: 'removed >= 0 and removed <= added' },
  ],
});
