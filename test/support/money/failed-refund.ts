/** Refunds to cards as rows, for tests of what shows and changes them. Tests of how they come about pay by card. */

type ReadRows = <Row extends object>(text: string) => Promise<Row[]>;

/** The id of a receipt that this system could have generated. */
const receiptId = 'substr(md5(random()::text), 1, 22)';

/**
 * Adds a refund that the provider has refused, of a payment that came too late for its order. Its receipts and the history of its
 * user are added too, as the commands write them, so that the audit finds nothing wrong.
 * @param amount what was captured and is to go back, in minor units
 * @returns the ids of the refund and of its checkout
 */
export async function addFailedRefund(
  rows: ReadRows,
  { orderId, amount }: { orderId: number; amount: number },
): Promise<{ id: number; checkoutId: number }> {
  const [refund] = await rows<{ id: number; checkoutId: number }>(
    `with job as materialized (
       select user_id, app_order.id as order_id, ${receiptId} as started, ${receiptId} as settled,
         coalesce(balance, 0) as balance
       from app_order left join points using (user_id) where app_order.id = ${orderId}
     ), made as (
       insert into checkout (user_id, order_id, provider, amount, currency, state, return_url, provider_ref, expires_at,
         captured, refunding, settled_job_id, settled_at, created_at, job_id)
       select user_id, order_id, 'sandbox', ${amount}, 'KRW', 'refunding', 'https://shop.example/', 'chk_' || started,
         now(), ${amount}, ${amount}, 'user-0_' || settled, now(), now(), 'user-0_' || started
       from job returning id
     ), receipts as (
       insert into command_receipt (id, lane, command, user_id, request_hash, state, result, accepted_at, finished_at)
       select started, 'user-0', 'start-checkout', user_id, '', 'succeeded',
         jsonb_build_object('id', made.id, 'orderId', order_id), now(), now() from job, made
       union all
       select settled, 'user-0', 'settle-checkout', user_id, '', 'succeeded', '{}', now(), now() from job
     ), lines as (
       insert into point_history (user_id, kind, amount, balance, job_id, created_at)
       select user_id, kind, ${amount}, balance + change, 'user-0_' || settled, now()
       from job, (values (1, 'charge', ${amount}), (2, 'use', 0)) as line(place, kind, change) order by place
     ), known as (
       insert into points (user_id, balance) select user_id, 0 from job on conflict do nothing
     )
     insert into card_refund (checkout_id, amount, state, failure, job_id, created_at)
     select made.id, ${amount}, 'failed', 'CARD_CLOSED', 'user-0_' || settled, now() from made, job
     returning id::int, checkout_id::int as "checkoutId"`,
  );
  if (!refund) throw new Error(`There is no order ${orderId}.`);
  return refund;
}
