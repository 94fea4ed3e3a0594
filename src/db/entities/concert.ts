/** A concert. Its schedules are its performances, with their seats. */
import { defineEntity, p } from '@mikro-orm/core';
import { WaitingQueue } from './queue/waiting-queue.ts';

export const Concert = defineEntity({
  name: 'Concert',
  tableName: 'concert',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    title: p.string().length(200),
    description: p.text().nullable(),
    createdAt: p.datetime().columnType('timestamptz'),
    /** The waiting queue that admits to it; the house queue unless it has one of its own. */
    queue: () =>
      p
        .manyToOne(WaitingQueue)
        .mapToPk()
        .fieldName('queue_id')
        .default(1)
        .foreignKeyName('concert_queue_fk'),
  },
  indexes: [{ name: 'concert_by_queue', properties: ['queue', 'id'] }],
});
