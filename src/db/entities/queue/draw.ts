/**
 * A draw of the order of a waiting queue before a sale. The seed's hash is published before the draw, the seed after. The timer
 * `draw` holds it in steps, and the row says how far it is.
 */
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
    /** Users whose request to enter was accepted before take part. From then on the draw cannot be moved or cancelled. */
    opensAt: p.datetime().columnType('timestamptz'),
    /** Whether those who waited before `gathersAt` take part too: true for draws that an older version announced. */
    drawsAllWaiting: p.boolean().default(false),
    /** When operators cancelled the draw. It is never held, and another one can be announced. */
    cancelledAt: p.datetime().columnType('timestamptz').nullable(),
    /** When the draw began: since then it is settled who takes part. Null in draws of older versions. */
    closedAt: p.datetime().columnType('timestamptz').nullable(),
    /** How many numbers were reserved then, for the drawn entries, and for those added since `opensAt`. */
    reserved: p.integer().nullable(),
    /** How many entries took part, and the first of the reserved numbers, which is that of the first drawn entry. */
    places: p.integer().nullable(),
    firstNumber: p.bigint('number').nullable(),
    /**
     * SHA-256 of the tickets of the entries, in ascending order and joined by commas, in hex. The order follows from it and the seed.
     * Null in draws of older versions, whose order follows from the seed alone.
     */
    ticketsHash: p.string().length(64).nullable(),
    /** Places with tickets from here on are waiting to be given to their entries; null: none is left. */
    assignFrom: p.bigint('number').nullable(),
    /** The last of the reserved numbers that has a place, or was given to an entry added since `opensAt`. */
    givenNumber: p.bigint('number').nullable(),
    /** Entries with ids from here on may have been added since `opensAt` and still have numbers below; null: none is left. */
    lateFrom: p.bigint('number').nullable(),
    /** When all entries had their numbers. */
    drawnAt: p.datetime().columnType('timestamptz').nullable(),
    createdAt: p.datetime().columnType('timestamptz'),
  },
  checks: [
    { name: 'draw_gathers_before_it_opens', expression: 'gathers_at <= opens_at' },
    { name: 'draw_closed_has_reserved', expression: '(closed_at is null) = (reserved is null)' },
    {
      name: 'draw_cancelled_is_not_closed',
      expression: 'cancelled_at is null or num_nonnulls(closed_at, drawn_at) = 0',
    },
    // Higher numbers are those of users who enter later, so that no number is given twice.
    {
      name: 'draw_fits_reserved',
      expression: 'places <= reserved and given_number < first_number + reserved',
    },
  ],
  uniques: [
    {
      name: 'draw_one_per_concert_and_queue',
      properties: ['concert', 'queue'],
      where: 'cancelled_at is null',
    },
  ],
  indexes: [
    {
      name: 'draw_pending_by_queue',
      properties: ['queue', 'gathersAt'],
      where: 'drawn_at is null',
    },
  ],
});
