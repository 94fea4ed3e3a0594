/**
 * An event that webhooks are still to be told of, written in the transaction that causes it. A row lives until its
 * messages are queued, about a second; without a subscriber none is written.
 */
import { defineEntity, p } from '@mikro-orm/core';

export const WebhookEvent = defineEntity({
  name: 'WebhookEvent',
  tableName: 'webhook_event',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    /** One of WEBHOOK_EVENTS. */
    name: p.string().length(40),
    /** Whom it is about; null where it is about everybody. */
    userId: p.bigint('number').nullable(),
    /** What its message says beside its name, time and user. */
    data: p.json<object>(),
    happenedAt: p.datetime().columnType('timestamptz'),
  },
});
