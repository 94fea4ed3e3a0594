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
    /** Where its performances take place, for people. */
    venue: p.string().length(200).nullable(),
    /** The venue's time zone, a name of the IANA database. */
    timeZone: p.string().length(60).default('UTC'),
    /** The SHA-256 of its picture as base64url, or null without a picture (`concert_image`). */
    imageHash: p.string().length(43).nullable(),
    /** When operators closed it: no seat can be held any more. null while it is open. */
    closedAt: p.datetime().columnType('timestamptz').nullable(),
    /** The reason that the operator gave. */
    closeReason: p.string().length(200).nullable(),
    /** The waiting queue that admits to it; the house queue unless it has one of its own. */
    queue: () =>
      p
        .manyToOne(WaitingQueue)
        .mapToPk()
        .fieldName('queue_id')
        .default(1)
        .foreignKeyName('concert_queue_fk'),
  },
  checks: [
    {
      name: 'concert_closed_has_reason',
      expression: '(closed_at is null) = (close_reason is null)',
    },
  ],
  indexes: [{ name: 'concert_by_queue', properties: ['queue', 'id'] }],
});
