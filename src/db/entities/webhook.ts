/** A server that wants to be told of outcomes. Its signing secret is derived, and stands nowhere. */
import { defineEntity, p } from '@mikro-orm/core';

export const Webhook = defineEntity({
  name: 'Webhook',
  tableName: 'webhook',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    url: p.string().length(2000),
    /** The names of the commands that it is about; null for all. */
    commands: p.json().nullable(),
    createdAt: p.datetime().columnType('timestamptz'),
    removedAt: p.datetime().columnType('timestamptz').nullable(),
  },
});
