/** Reads what calls to payment providers are about, and deletes calls that need no answer. */
import { sql } from 'kysely';
import type { EpochMs } from '../../../src/commands/epoch-ms.ts';
import type { Database } from '../../../src/db/connection/orm.ts';
import { rowsOf } from '../../../src/db/connection/pipeline.ts';
import { anyOf, checkedAfterwards, db, type Given, statement } from '../../../src/db/statement.ts';
import type { Row } from '../../../src/db/tables.ts';

type CheckoutRow = Row<'checkout'>;
type RefundRow = Row<'card_refund'>;

/** A call with its checkout, none of them locked: the answer is judged by what is true when its command is applied. */
export interface PaymentCall {
  /** The id of the call. */
  id: number;
  /** When the rows were read, in ms since 1970 by PostgreSQL's clock. */
  now: EpochMs;
  checkoutId: number;
  /** The command that began the checkout. */
  jobId: string;
  /** Null for a top-up. */
  orderId: number | null;
  /** Null for a top-up. */
  orderState: Row<'app_order'>['state'] | null;
  /** The user of the checkout. */
  subject: string;
  provider: string;
  amount: number;
  currency: string;
  state: CheckoutRow['state'];
  returnUrl: string;
  expiresAt: Date;
  /** How often the timer has had the provider asked. */
  looks: number;
  /** The provider's id of the payment, null until it is known. */
  ref: string | null;
  /** The refund that a call `refund` asks for; null for the other kinds. */
  refund: Pick<RefundRow, 'id' | 'amount' | 'state' | 'attempt' | 'jobId'> | null;
}

interface Ids {
  ids: readonly number[];
}

const paymentCalls = statement('payment calls', ({ ids }: Given<Ids>) =>
  db
    .selectFrom('outbox_call as call')
    .innerJoin('checkout', 'checkout.id', 'call.checkout_id')
    .innerJoin('app_user', 'app_user.id', 'checkout.user_id')
    .leftJoin('app_order', 'app_order.id', 'checkout.order_id')
    .leftJoin('card_refund', 'card_refund.id', 'call.refund_id')
    .select(['call.id', 'checkout.id as checkoutId', 'checkout.job_id as jobId'])
    .select(['checkout.order_id as orderId', 'app_order.state as orderState', 'app_user.subject'])
    .select(['checkout.provider', 'checkout.amount', 'checkout.currency', 'checkout.state'])
    .select(['checkout.return_url as returnUrl', 'checkout.expires_at as expiresAt'])
    .select(['checkout.looks', 'checkout.provider_ref as ref', 'card_refund.id as refundId'])
    .select(['card_refund.amount as refundAmount', 'card_refund.state as refundState'])
    .select(['card_refund.attempt', 'card_refund.job_id as refundJobId'])
    .select(sql<Date>`statement_timestamp()`.as('now'))
    .where('call.id', '=', anyOf(ids)),
);

/** The calls with these ids. One that is missing is owed no more. */
export async function findPaymentCalls(
  orm: Database,
  ids: readonly number[],
): Promise<Map<number, PaymentCall>> {
  const rows = await rowsOf(orm, paymentCalls({ ids }));
  return new Map(
    rows.map(({ refundId, refundAmount, refundState, attempt, refundJobId, now, ...call }) => {
      const isRefund =
        refundId !== null &&
        refundAmount !== null &&
        refundState !== null &&
        attempt !== null &&
        refundJobId !== null;
      const refund = isRefund
        ? { id: refundId, amount: refundAmount, state: refundState, attempt, jobId: refundJobId }
        : null;
      return [call.id, { ...call, now: now.getTime(), refund }];
    }),
  );
}

/** A call that was made without an answer, as it was read before. */
export type UnansweredCall = Pick<PaymentCall, 'id' | 'looks'>;

/**
 * Calls of which nobody waits for an answer. A call that was asked for again while it was made stays, because the order may have ended
 * since the provider was asked. The timer raises `looks` when it asks again, and that stays when the call is leased or put off meanwhile.
 * A call that is due stays too: the timer may have committed after this statement began. So does one whose row is locked, which is
 * being answered, asked for again, or counted as offered (it is then offered once more, after a minute), and that of a refund that is
 * pending again.
 */
const deleteCalls = statement(
  'end unanswered calls',
  ({ ids, looks }: Given<Ids & { looks: readonly number[] }>) => {
    const looksWhenMade = sql`(${looks}::int[])[array_position(${ids}::bigint[], call.id)]`;
    return db
      .with('ended', (with_) =>
        with_
          .selectFrom('outbox_call as call')
          .innerJoin('checkout', 'checkout.id', 'call.checkout_id')
          .leftJoin('card_refund', 'card_refund.id', 'call.refund_id')
          .select('call.id')
          .where('call.id', '=', anyOf(ids))
          .where(checkedAfterwards(sql`call.next_at > statement_timestamp()`))
          .where(checkedAfterwards(sql`checkout.looks = ${looksWhenMade}`))
          .where(checkedAfterwards(sql`card_refund.state is distinct from 'pending'`))
          .orderBy('call.id')
          .forUpdate('call')
          .skipLocked(),
      )
      .deleteFrom('outbox_call')
      .where('id', '=', sql<number>`any (array(select id from ended))`)
      .returning('id');
  },
);

/** @returns the ids of the calls that were deleted */
export async function endCalls(
  orm: Database,
  calls: readonly UnansweredCall[],
): Promise<Map<number, true>> {
  const byId = new Map(calls.map(({ id, looks }) => [id, looks]));
  const given = { ids: [...byId.keys()], looks: [...byId.values()] };
  const rows = await rowsOf(orm, deleteCalls(given));
  return new Map(rows.map(({ id }) => [id, true]));
}
