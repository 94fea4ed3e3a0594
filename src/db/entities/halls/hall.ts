/** A hall. Its plans are its versions. */
import { defineEntity, p } from '@mikro-orm/core';

export const Hall = defineEntity({
  name: 'Hall',
  tableName: 'hall',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    name: p.string().length(200),
    /** The newest version. Whoever saves another one locks this row. */
    version: p.integer(),
    createdAt: p.datetime().columnType('timestamptz'),
  },
  checks: [{ name: 'hall_newest_positive', expression: 'version > 0' }],
});
