/** A draw of the order of a waiting queue before a sale. The seed's hash is published before the draw, the seed after. */
import { defineEntity, p } from '@mikro-orm/core';
import { Concert } from '../concert.ts';
import { WaitingQueue } from './waiting-queue.ts';

export const Draw = defineEntity({
  name: 'Draw',
  tableName: 'draw',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    concert: () =>
      p.manyToOne(Concert).mapToPk().fieldName('concert_id').foreignKeyName('draw_concert_fk'),
    /** The queue whose order is drawn: the concert's when the draw was announced, or when it began to gather. */
    queue: () =>
      p.manyToOne(WaitingQueue).mapToPk().fieldName('queue_id').foreignKeyName('draw_queue_fk'),
    /** Secret until the draw. */
    seed: p.string().length(64),
    /** SHA-256 of the seed's text, in hex. Public from the announcement on. */
    seedHash: p.string().length(64),
    /** From this time on no user is admitted until the draw; users who enter take part in it. */
    gathersAt: p.datetime().columnType('timestamptz'),
    /** At this time the order of all waiting entries is drawn. */
    opensAt: p.datetime().columnType('timestamptz'),
    drawnAt: p.datetime().columnType('timestamptz').nullable(),
    /** How many entries took part, and the new number of the first. */
    places: p.integer().nullable(),
    firstNumber: p.bigint('number').nullable(),
    createdAt: p.datetime().columnType('timestamptz'),
  },
  checks: [{ name: 'draw_gathers_before_it_opens', expression: 'gathers_at <= opens_at' }],
  uniques: [{ name: 'draw_one_per_concert_and_queue', properties: ['concert', 'queue'] }],
  indexes: [
    {
      name: 'draw_pending_by_queue',
      properties: ['queue', 'gathersAt'],
      where: 'drawn_at is null',
    },
  ],
});
