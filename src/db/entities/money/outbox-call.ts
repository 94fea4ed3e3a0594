/**
 * A call to a payment provider that is still owed. The row is written in the transaction that makes the call necessary, and
 * deleted by the command that brings the answer. `workers/outbox/offer-calls.ts` offers due rows to a BullMQ queue.
 *
 * No foreign keys: whoever writes a call has locked its checkout, so their checks would only cost time.
 */
import { defineEntity, p } from '@mikro-orm/core';

/** A call is dead if it has no answer after so many offers: operators look after it. It is offered on, each half hour. */
export const DEAD_OFFERS = 10;

export const OutboxCall = defineEntity({
  name: 'OutboxCall',
  tableName: 'outbox_call',
  properties: {
    /** Calls of one checkout are made in the order of their ids, one at a time. */
    id: p.bigint('number').primary().generated('identity'),
    kind: p.enum(['open', 'look', 'refund'] as const),
    checkoutId: p.bigint('number'),
    /** The refund that a call `refund` asks for; 0 for the other kinds. */
    refundId: p.bigint('number').default(0),
    /**
     * When the call is offered to the queue next, until its row is deleted. A row is written when its call is due, never ahead of
     * that time: metrics take the age of the oldest row for the time that a call is late.
     */
    nextAt: p.datetime().columnType('timestamptz'),
    /** How many jobs the call has had. One that still waits or runs is not offered again. */
    offers: p.integer().default(0),
    createdAt: p.datetime().columnType('timestamptz'),
  },
  checks: [
    { name: 'outbox_refund_names_refund', expression: `(kind = 'refund') = (refund_id > 0)` },
  ],
  uniques: [
    // The same call is owed once. It also finds the earlier calls of a checkout.
    {
      name: 'outbox_one_call_per_purpose',
      properties: ['checkoutId', 'kind', 'refundId'],
    },
  ],
  indexes: [
    { name: 'outbox_call_due', properties: ['nextAt', 'id'], where: `kind <> 'refund'` },
    { name: 'outbox_refund_due', properties: ['nextAt', 'id'], where: `kind = 'refund'` },
    { name: 'outbox_call_dead', properties: ['id'], where: 'offers >= 10' },
  ],
});
