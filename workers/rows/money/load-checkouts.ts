/**
 * Loads and locks checkouts, between orders and points. Their refunds are only written under the lock of their checkout, so they
 * need none of their own. Calls are never loaded: what an answer changes follows from the state of the checkout or refund.
 */
import { sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, rareStatement, statement } from '../../../src/db/statement.ts';
import { distinct, idsIn, type Needing } from '../needing.ts';
import { type Named, namedIn, namedOrders } from '../orders/named-orders.ts';
import type { Rows } from '../rows.ts';

/** Checkouts by id, by their refunds, and by their orders. */
interface WantedCheckouts extends Named {
  checkoutIds: readonly number[];
  refundIds: readonly number[];
}

/** The order of a checkout and the checkout of a refund never change, so both can be looked up before the checkout is locked. */
const lockCheckouts = statement('lock checkouts', (given: Given<WantedCheckouts>) =>
  db
    .selectFrom('checkout')
    .select([
      'id',
      'user_id as userId',
      'order_id as orderId',
      'provider',
      'amount',
      'currency',
      'state',
      'return_url as returnUrl',
      'provider_ref as providerRef',
      'redirect_url as redirectUrl',
      'failure',
      'expires_at as expiresAt',
      'look_at as lookAt',
      'looks',
      'captured',
      'refunding',
      'refunded',
      'paid_at as paidAt',
      'settled_job_id as settledJobId',
      'settled_at as settledAt',
      'created_at as createdAt',
      'job_id as jobId',
    ])
    .where(
      'id',
      '=',
      anyOf(
        sql<number[]>`(${given.checkoutIds}::bigint[] || array(${db
          .selectFrom('card_refund')
          .select('checkout_id')
          .where('id', '=', anyOf(given.refundIds))}) || array(${db
          .selectFrom('checkout')
          .select('id')
          .where('order_id', '=', anyOf(namedOrders(given)))}))`,
      ),
    )
    .orderBy('id')
    .forUpdate(),
);

/** Sent after their checkouts were locked, so that it finds them as they are now. */
const readRefunds = rareStatement(({ refundIds }: Given<Pick<WantedCheckouts, 'refundIds'>>) =>
  db
    .selectFrom('card_refund')
    .select([
      'id',
      'checkout_id as checkoutId',
      'payment_id as paymentId',
      'amount',
      'state',
      'attempt',
      'failure',
      'provider_ref as providerRef',
      'job_id as jobId',
      'created_at as createdAt',
      'ended_at as endedAt',
    ])
    .where('id', '=', anyOf(refundIds)),
);

/** Loads the checkouts and refunds that commands need, and locks the checkouts. */
export async function loadCheckouts(
  send: Send,
  rows: Rows,
  batch: readonly Needing[],
): Promise<void> {
  const named = idsIn(batch, ({ refund }) => refund?.id);
  const wanted: WantedCheckouts = {
    ...namedIn(batch, ({ withCheckouts }) => withCheckouts),
    checkoutIds: idsIn(batch, ({ checkoutId }) => checkoutId),
    refundIds: distinct([...named, ...[...rows.money.failedRefunds.values()].flat()]),
  };
  if (Object.values(wanted).every(({ length }) => length === 0)) return;
  const { checkouts } = rows.money;
  checkouts.noteOrders(wanted.orderIds, wanted.bookingIds);
  const [found, refunds] = await Promise.all([
    send(lockCheckouts(wanted)),
    wanted.refundIds.length > 0 ? send(readRefunds(wanted)) : [],
  ]);
  for (const checkout of found) checkouts.load(checkout);
  for (const refund of refunds) rows.money.refunds.load(refund);
}

/**
 * Older ones do not count: the limit is for an hour, and a checkout that nobody could ask about for a day must not keep its user from
 * paying. So it reads a bounded part of the index.
 */
const begunCheckouts = statement(
  'checkouts of users',
  ({ userIds }: Given<{ userIds: readonly number[] }>) =>
    db
      .selectFrom('checkout')
      .select('user_id as userId')
      .select([
        sql<number>`(count(*) filter (where look_at is not null))::int`.as('live'),
        sql<Date | null>`min(expires_at) filter (where look_at is not null)`.as('liveUntil'),
        sql<number>`(count(*) filter (where created_at > now() - interval '1 hour'))::int`.as(
          'lastHour',
        ),
        sql<Date | null>`min(created_at) filter (where created_at > now() - interval '1 hour')`.as(
          'firstOfHour',
        ),
      ])
      .where('user_id', '=', anyOf(userIds))
      .where('created_at', '>', sql<Date>`now() - interval '1 day'`)
      .groupBy('user_id'),
);

/** Counts what users have begun. Sent after their points were locked, so that no other batch adds any meanwhile. */
export async function loadBegunCheckouts(
  send: Send,
  rows: Rows,
  batch: readonly Needing[],
): Promise<void> {
  const userIds = idsIn(batch, (needs, { userId }) => (needs.begunCheckouts ? userId : undefined));
  if (userIds.length === 0) return;
  const none = { live: 0, liveUntil: null, lastHour: 0, firstOfHour: null };
  const found = new Map(
    (await send(begunCheckouts({ userIds }))).map(({ userId, ...begun }) => [userId, begun]),
  );
  for (const userId of userIds) {
    rows.money.checkouts.noteBegun(userId, { ...(found.get(userId) ?? none) });
  }
}
