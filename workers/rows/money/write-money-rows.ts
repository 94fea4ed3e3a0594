/**
 * Writes checkouts, refunds to cards and calls to payment providers, after the rows that they refer to. A batch without them sends
 * nothing.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import {
  anyOf,
  checkedAfterwards,
  db,
  type Given,
  rareStatement,
  statement,
} from '../../../src/db/statement.ts';
import { insertEach, type Part, updateEach, type Written } from '../part.ts';
import { rowParameters, type Values } from '../row-parameters.ts';
import type { NewCall, NewCardRefund } from './money-rows.ts';

const CHANGING = {
  state: 'text',
  provider_ref: 'text',
  redirect_url: 'text',
  failure: 'text',
  look_at: 'timestamptz',
  captured: 'bigint',
  refunding: 'bigint',
  refunded: 'bigint',
  paid_at: 'timestamptz',
  settled_job_id: 'text',
  settled_at: 'timestamptz',
} as const;

const changedCheckouts = updateEach(
  'checkout',
  { id: 'bigint', ...CHANGING },
  ({ money }) => money.checkouts.changed,
);
const addedCheckouts = insertEach(
  'checkout',
  {
    id: 'bigint',
    user_id: 'bigint',
    order_id: 'bigint',
    provider: 'text',
    amount: 'bigint',
    currency: 'text',
    return_url: 'text',
    expires_at: 'timestamptz',
    job_id: 'text',
    ...CHANGING,
  },
  ({ money }) => money.checkouts.added,
  { isTimed: true },
);
const changedRefunds = updateEach(
  'card_refund',
  {
    id: 'bigint',
    state: 'text',
    attempt: 'int',
    failure: 'text',
    provider_ref: 'text',
    ended_at: 'timestamptz',
  },
  ({ money }) => money.refunds.changed,
);

/** The parts of checkouts and of their refunds. */
export const moneyParts: readonly Part[] = [changedCheckouts, addedCheckouts, changedRefunds];

const many = (part: Part) => (given: Given<Values>) => part.build(given, 'many');

/**
 * The changes come before the inserts, because a new checkout of an order may follow one that ended in the same batch. Refunds are
 * not written in a sale, so that is not prepared.
 */
const writes = [
  { part: changedCheckouts, write: statement('change checkouts', many(changedCheckouts)) },
  { part: addedCheckouts, write: statement('add checkouts', many(addedCheckouts)) },
  { part: changedRefunds, write: rareStatement(many(changedRefunds)) },
];

const refunds = rowParameters<NewCardRefund>('refunds', 'given', {
  checkout_id: ['bigint', ({ checkoutId }) => checkoutId],
  payment_id: ['bigint', ({ paymentId }) => paymentId],
  amount: ['bigint', ({ amount }) => amount],
  job_id: ['text', ({ jobId }) => jobId],
});
const oweRefunds = rareStatement(
  (given: Given<Values>) => sql`
    with made as (
      insert into card_refund (checkout_id, payment_id, amount, state, job_id, created_at)
      select checkout_id, payment_id, amount, 'pending', job_id, ${given.now}::timestamptz
      from ${refunds.build(given, 'many', 'place')} order by place
      returning id, checkout_id
    )
    insert into outbox_call (kind, checkout_id, refund_id, next_at, created_at)
    select 'refund', checkout_id, id, ${given.now}::timestamptz, ${given.now}::timestamptz
    from made order by id`,
);

/** An upsert may not meet the same row twice, and a batch may owe the same call twice. */
export const owedOnce = (rows: RawBuilder<unknown>, now: RawBuilder<unknown>) => sql`
  insert into outbox_call (kind, checkout_id, refund_id, next_at, created_at)
  select distinct kind, checkout_id, refund_id, ${now}::timestamptz, ${now}::timestamptz from ${rows}
  order by checkout_id, kind, refund_id
  on conflict on constraint outbox_one_call_per_purpose
  do update set next_at = least(outbox_call.next_at, excluded.next_at)`;

const calls = rowParameters<NewCall>('calls', 'given', {
  kind: ['text', ({ kind }) => kind],
  checkout_id: ['bigint', ({ checkoutId }) => checkoutId],
  refund_id: ['bigint', ({ refundId }) => refundId],
});
const oweCalls = statement('owe calls', (given: Given<Values>) =>
  owedOnce(calls.build(given, 'many'), given.now as RawBuilder<unknown>),
);

/** An id that is given out again after a failover may be that of a call for another checkout. */
const endCalls = statement(
  'end calls',
  ({ ids, checkoutIds }: Given<{ ids: readonly number[]; checkoutIds: readonly number[] }>) => {
    const checkoutId = sql`(${checkoutIds}::bigint[])[array_position(${ids}::bigint[], id)]`;
    return db
      .deleteFrom('outbox_call')
      .where('id', '=', anyOf(ids))
      .where(checkedAfterwards(sql`checkout_id = ${checkoutId}`));
  },
);

/**
 * The checkouts of orders that were paid in another way: the provider is asked to close the page. These rows were not locked with the
 * others, so one that is locked is skipped: whoever has it looks at it soon, or it is looked at later.
 */
const closePages = statement(
  'close pages of orders',
  ({ orderIds }: Given<{ orderIds: readonly number[] }>) =>
    db
      .with('live', (with_) =>
        with_
          .selectFrom('checkout')
          .select('id')
          .where('order_id', '=', anyOf(orderIds))
          .where(checkedAfterwards(sql`look_at is not null`))
          .orderBy('id')
          .forUpdate()
          .skipLocked(),
      )
      .updateTable('checkout')
      .set({ look_at: sql<Date>`now()` })
      .where('id', '=', sql<number>`any (array(select id from live))`),
);

/** Sends the statements that write them. Calls that have ended are deleted before others are owed, which may be the same. */
export function writeMoneyRows(send: Send, written: Written): void {
  const { money } = written.rows;
  const { now } = written;
  for (const { part, write } of writes) {
    const items = part.itemsIn(written);
    if (items.length === 0) continue;
    const values: Values = { now };
    part.bind(items, 'many', values);
    void send(write(values));
  }
  if (money.endedCalls.size > 0) {
    const { endedCalls } = money;
    void send(endCalls({ ids: [...endedCalls.keys()], checkoutIds: [...endedCalls.values()] }));
  }
  if (money.newRefunds.length > 0) {
    const values: Values = { now };
    refunds.bind(money.newRefunds, 'many', values);
    void send(oweRefunds(values));
  }
  if (money.newCalls.length > 0) {
    const values: Values = { now };
    calls.bind(money.newCalls, 'many', values);
    void send(oweCalls(values));
  }
  const orderIds = money.closedOrders;
  if (orderIds.length > 0) void send(closePages({ orderIds }));
}
