/** A drawn order of the waiting queue before a sale: its seed is committed to first, published after. */
import { defineEntity, p } from '@mikro-orm/core';
import { Concert } from './concert.ts';

export const Draw = defineEntity({
  name: 'Draw',
  tableName: 'draw',
  properties: {
    concert: () =>
      p
        .manyToOne(Concert)
        .mapToPk()
        .primary()
        .fieldName('concert_id')
        .foreignKeyName('draw_concert_fk'),
    /** Secret until the draw. */
    seed: p.string().length(64),
    /** SHA-256 of the seed's text, in hex: published at once. */
    seedHash: p.string().length(64),
    /** From then on nobody is admitted: who enters, gathers. */
    gathersAt: p.datetime().columnType('timestamptz'),
    /** Then the order of all who wait is drawn. */
    opensAt: p.datetime().columnType('timestamptz'),
    drawnAt: p.datetime().columnType('timestamptz').nullable(),
    /** How many places took part, and the number of the first. */
    places: p.integer().nullable(),
    firstNumber: p.bigint('number').nullable(),
    createdAt: p.datetime().columnType('timestamptz'),
  },
  checks: [{ name: 'draw_gathers_before_it_opens', expression: 'gathers_at <= opens_at' }],
});
