/**
 * Which numbers of a queue are out of its line, as bits: 1,024 numbers a row. The bit of a number is set when its entry is
 * admitted, skipped or ended, or has got another number. API processes compute positions from these rows
 * (`src/http/queue/line.ts`). One row has what users did and one what the system did, so that they do not wait for each other.
 */
import { defineEntity, p } from '@mikro-orm/core';
import { WaitingQueue } from './waiting-queue.ts';

export const QueueBlock = defineEntity({
  name: 'QueueBlock',
  tableName: 'queue_block',
  properties: {
    queue: () =>
      p
        .manyToOne(WaitingQueue)
        .mapToPk()
        .primary()
        .fieldName('queue_id')
        .foreignKeyName('queue_block_queue_fk')
        .updateRule('no action')
        .deleteRule('no action'),
    /** Who writes the row: batches under the lock of the queue's numbering, or timers under that of the queue. */
    source: p.enum(['users', 'system'] as const).primary(),
    /** The first number of the block is `1024 * block + 1`. */
    block: p.integer().primary(),
    /** The first bit is that of the block's first number. */
    gone: p.string().columnType('bit(1024)'),
    /**
     * `queue_numbering.removed` or `waiting_queue.line_version` after the change. Both rise under a lock that lasts until the
     * commit, so a reader who has seen a version has seen all lower ones.
     */
    version: p.bigint('number'),
  },
  checks: [{ name: 'queue_block_not_negative', expression: 'block >= 0' }],
  indexes: [{ name: 'queue_block_by_version', properties: ['queue', 'source', 'version'] }],
});
