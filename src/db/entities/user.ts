/** A user is whoever a valid access token names; the row is made by that user's first command. */
import { defineEntity, p } from '@mikro-orm/core';

export const User = defineEntity({
  name: 'User',
  tableName: 'app_user',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    /** The `sub` of the access token, from whichever identity provider. */
    subject: p.string().length(255),
    name: p.string().length(255).nullable(),
    createdAt: p.datetime().columnType('timestamptz').defaultRaw('now()'),
  },
  uniques: [
    // One row a subject: two lanes can meet a newcomer at the same moment.
    { name: 'app_user_one_per_subject', properties: ['subject'] },
  ],
});
