/** Refunds to cards as rows, for tests of what shows and changes them. Tests of how they come about pay by card. */

type ReadRows = <Row extends object>(text: string) => Promise<Row[]>;

/** A job id that this system could have generated. */
const jobId = `'user-0_' || substr(md5(random()::text), 1, 22)`;

/**
 * Adds a refund that the provider has refused, of an order that a checkout has paid.
 * @param amount what was captured and is to go back, in minor units
 * @returns the ids of the refund and of its checkout
 */
export async function addFailedRefund(
  rows: ReadRows,
  { orderId, amount }: { orderId: number; amount: number },
): Promise<{ id: number; checkoutId: number }> {
  const [refund] = await rows<{ id: number; checkoutId: number }>(
    `with made as (
       insert into checkout (user_id, order_id, provider, amount, currency, state, return_url, provider_ref, expires_at,
         captured, refunding, paid_at, settled_job_id, settled_at, created_at, job_id)
       select user_id, id, 'sandbox', ${amount}, 'KRW', 'refunding', 'https://shop.example/', 'chk_' || id, now(),
         ${amount}, ${amount}, now(), ${jobId}, now(), now(), ${jobId}
       from app_order where id = ${orderId}
       returning id
     )
     insert into card_refund (checkout_id, amount, state, failure, job_id, created_at)
     select id, ${amount}, 'failed', 'CARD_CLOSED', ${jobId}, now() from made
     returning id::int, checkout_id::int as "checkoutId"`,
  );
  if (!refund) throw new Error(`There is no order ${orderId}.`);
  return refund;
}
