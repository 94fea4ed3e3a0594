/**
 * The places of draws: which entries took part, and the number that each of them got. The rows are never changed or deleted, so that
 * anyone can verify a draw for ever. Entries themselves are deleted some days after their end.
 */
import { defineEntity, p } from '@mikro-orm/core';

export const DrawPlace = defineEntity({
  name: 'DrawPlace',
  tableName: 'draw_place',
  properties: {
    /** Without a foreign key: its check of each row would take most of the time. The audit checks it. */
    drawId: p.bigint('number').primary().autoincrement(false),
    /** The drawn number. */
    number: p.bigint('number').primary().autoincrement(false),
    /** The number that the entry had when it was added to the line. The entry's id follows from it (`entryIdOf`). */
    ticket: p.bigint('number'),
  },
  // Drawn numbers are above all that were assigned before.
  checks: [{ name: 'draw_place_number_above_ticket', expression: 'number > ticket' }],
  uniques: [{ name: 'draw_place_one_per_ticket', properties: ['drawId', 'ticket'] }],
});
