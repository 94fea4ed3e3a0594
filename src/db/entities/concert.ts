/** A concert. Its schedules are its performances, with their seats. */
import { defineEntity, p } from '@mikro-orm/core';

export const Concert = defineEntity({
  name: 'Concert',
  tableName: 'concert',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    title: p.string().length(200),
    description: p.text().nullable(),
    createdAt: p.datetime().columnType('timestamptz'),
  },
});
