/** A server that receives outcomes and events. Its signing secret is derived and not stored. */
import { defineEntity, p } from '@mikro-orm/core';
import type { WebhookEvent } from '../../../commands/schemas/webhook-events.ts';

export const Webhook = defineEntity({
  name: 'Webhook',
  tableName: 'webhook',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    url: p.string().length(2000),
    /** The names of the commands that it subscribes to; null for all. */
    commands: p.json<string[]>().nullable(),
    /** The names of the events that it subscribes to. */
    events: p.json<WebhookEvent[]>().default('[]'),
    createdAt: p.datetime().columnType('timestamptz'),
    removedAt: p.datetime().columnType('timestamptz').nullable(),
  },
});
