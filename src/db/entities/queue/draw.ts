/** A draw of the order of the waiting queue before a sale. The seed's hash is published before the draw, the seed after. */
import { defineEntity, p } from '@mikro-orm/core';
import { Concert } from '../concert.ts';

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
});
