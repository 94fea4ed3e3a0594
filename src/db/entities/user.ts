/** A user, identified by the subject of an access token. The user's first command inserts the row. */
import { defineEntity, p } from '@mikro-orm/core';

export const User = defineEntity({
  name: 'User',
  tableName: 'app_user',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    /** The claim `sub` of the access token. */
    subject: p.string().length(255),
    name: p.string().length(255).nullable(),
    createdAt: p.datetime().columnType('timestamptz').defaultRaw('now()'),
  },
  uniques: [
    // Two lanes may insert a new user concurrently; the subject must stay unique.
    { name: 'app_user_one_per_subject', properties: ['subject'] },
  ],
});
