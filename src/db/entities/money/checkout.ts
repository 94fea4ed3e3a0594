/**
 * A card payment at a provider: of an order, or a top-up without one. What was captured is credited to the user's points, and the
 * order is paid with them, in one transaction. `../../../../docs/payments.md` has the table of states.
 */
import { defineEntity, p } from '@mikro-orm/core';
import { AppOrder } from '../app-order.ts';
import { User } from '../user.ts';

export const CHECKOUT_STATES = [
  'opening',
  'open',
  'paid',
  'credited',
  'failed',
  'expired',
  'refunding',
  'refunded',
] as const;

export const Checkout = defineEntity({
  name: 'Checkout',
  tableName: 'checkout',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    user: () => p.manyToOne(User).mapToPk().fieldName('user_id').foreignKeyName('checkout_user_fk'),
    /** Null for a top-up. */
    order: () =>
      p
        .manyToOne(AppOrder)
        .mapToPk()
        .nullable()
        .fieldName('order_id')
        .foreignKeyName('checkout_order_fk')
        .deleteRule('no action'),
    provider: p.string().columnType('text'),
    /** In minor units of the currency; one is one point. */
    amount: p.bigint('number'),
    /** ISO 4217. */
    currency: p.string().columnType('varchar(3)'),
    state: p.enum(CHECKOUT_STATES),
    /** Where the provider sends the buyer afterwards. */
    returnUrl: p.string().length(2000),
    /** The provider's id of the payment; null until the provider has told it. */
    providerRef: p.string().columnType('text').nullable(),
    /** The payment page; null until it is open. */
    redirectUrl: p.string().columnType('text').nullable(),
    /** Why it has failed, in the provider's words. */
    failure: p.string().columnType('text').nullable(),
    expiresAt: p.datetime().columnType('timestamptz'),
    /** When the provider is asked what became of it; null once it is over. */
    lookAt: p.datetime().columnType('timestamptz').nullable(),
    /** How often the provider has been asked; the time between two looks grows with it. */
    looks: p.integer().default(0),
    captured: p.bigint('number').default(0),
    /** The sum of its refunds that have not ended well: pending and failed ones. */
    refunding: p.bigint('number').default(0),
    /** The sum of its refunds that are done. */
    refunded: p.bigint('number').default(0),
    /** When it paid its order; null if it did not. */
    paidAt: p.datetime().columnType('timestamptz').nullable(),
    /** The command that credited what was captured. */
    settledJobId: p.string().length(64).nullable(),
    settledAt: p.datetime().columnType('timestamptz').nullable(),
    createdAt: p.datetime().columnType('timestamptz'),
    /** The command that began it. */
    jobId: p.string().length(64),
  },
  checks: [
    {
      name: 'checkout_refunds_fit_capture',
      expression: 'refunding >= 0 and refunded >= 0 and refunding + refunded <= captured',
    },
    {
      name: 'checkout_captured_is_settled',
      expression: `(captured > 0) = (settled_job_id is not null) and (captured > 0) = (settled_at is not null) and (captured > 0) = (state in ('paid', 'credited', 'refunding', 'refunded'))`,
    },
    {
      name: 'checkout_live_is_looked_at',
      expression: `(state in ('opening', 'open')) = (look_at is not null)`,
    },
    {
      name: 'checkout_payer_has_order',
      expression: 'paid_at is null or (order_id is not null and captured = amount)',
    },
    { name: 'checkout_amount_positive', expression: 'amount > 0 and captured >= 0' },
  ],
  uniques: [
    {
      name: 'checkout_one_open_per_order',
      properties: ['order'],
      where: `state in ('opening', 'open')`,
    },
    { name: 'checkout_one_payer_per_order', properties: ['order'], where: 'paid_at is not null' },
    {
      name: 'checkout_one_per_provider_ref',
      properties: ['provider', 'providerRef'],
      where: 'provider_ref is not null',
    },
  ],
  indexes: [
    { name: 'checkout_due', properties: ['lookAt', 'id'], where: 'look_at is not null' },
    { name: 'checkout_by_order', properties: ['order', 'id'] },
    // Counts what a user has begun in the last hour.
    { name: 'checkout_by_user_and_time', properties: ['user', 'createdAt'] },
  ],
});
