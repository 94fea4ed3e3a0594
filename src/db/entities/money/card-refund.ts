/**
 * Money on its way back to a card. Its amount was deducted from the user's points in the transaction that wrote the row. `failed`
 * is still owed: an operator has the provider asked again, or ends it in another way.
 */
import { defineEntity, p } from '@mikro-orm/core';
import { Checkout } from './checkout.ts';

export const CARD_REFUND_STATES = ['pending', 'done', 'failed', 'credited', 'elsewhere'] as const;

export const CardRefund = defineEntity({
  name: 'CardRefund',
  tableName: 'card_refund',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    checkout: () =>
      p
        .manyToOne(Checkout)
        .mapToPk()
        .fieldName('checkout_id')
        .foreignKeyName('card_refund_checkout_fk'),
    /** The refund of an order in `payment`; null for money that never paid an order. Without a foreign key, as in `payment`. */
    paymentId: p.bigint('number').nullable(),
    /** In minor units. */
    amount: p.bigint('number'),
    /** `credited`: an operator gave it back in points instead. `elsewhere`: it was given back outside this system. */
    state: p.enum(CARD_REFUND_STATES),
    /** From 1. Each attempt has an idempotency key of its own. */
    attempt: p.integer().default(1),
    /** Why the last attempt has failed, in the provider's words. */
    failure: p.string().columnType('text').nullable(),
    /** The provider's id of the refund. */
    providerRef: p.string().columnType('text').nullable(),
    /** The command that owed it. */
    jobId: p.string().length(64),
    createdAt: p.datetime().columnType('timestamptz'),
    endedAt: p.datetime().columnType('timestamptz').nullable(),
  },
  checks: [
    { name: 'card_refund_amount_positive', expression: 'amount > 0' },
    {
      name: 'card_refund_ended_has_time',
      expression: `(state in ('done', 'credited', 'elsewhere')) = (ended_at is not null)`,
    },
  ],
  uniques: [
    { name: 'card_refund_one_per_payment', properties: ['paymentId'] },
    { name: 'card_refund_one_per_job_and_checkout', properties: ['jobId', 'checkout'] },
  ],
  indexes: [
    { name: 'card_refund_by_checkout', properties: ['checkout', 'id'] },
    { name: 'card_refund_by_state', properties: ['state', 'id'] },
  ],
});
