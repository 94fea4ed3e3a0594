/**
 * An event whose webhook messages are not queued yet, written in the transaction that causes it. The row is deleted when
 * its messages are queued, after about a second. Events without a subscriber are not written.
 */
import { defineEntity, p } from '@mikro-orm/core';

export const WebhookEvent = defineEntity({
  name: 'WebhookEvent',
  tableName: 'webhook_event',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    /** One of WEBHOOK_EVENTS; or `command-outcome`, for an outcome that is kept here because the webhook queue did not take it. */
    name: p.string().length(40),
    /** The user of the event; null if it concerns no single user. */
    userId: p.bigint('number').nullable(),
    /** The data of the message besides name, time and user. */
    data: p.json<object>(),
    happenedAt: p.datetime().columnType('timestamptz'),
  },
});
