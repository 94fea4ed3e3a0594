/** What the metrics show of card payments. */
import { sql } from 'kysely';
import type { Database } from '../../../src/db/connection/orm.ts';
import { rowsOf } from '../../../src/db/connection/pipeline.ts';
import { rareStatement } from '../../../src/db/statement.ts';
import type { PaymentState } from '../../ops/payment-metrics.ts';

/** Partial indexes find both: the checkouts that are looked at, and the failed refunds. */
const paymentState = rareStatement(
  () => sql<PaymentState>`
    select count(*)::int as live,
      coalesce(greatest(extract(epoch from statement_timestamp() - min(expires_at)), 0), 0)::float8
        as "overdueSeconds",
      (select count(*)::int from card_refund where state = 'failed') as "failedRefunds"
    from checkout where look_at is not null`,
);

export async function readPaymentState(orm: Database): Promise<PaymentState> {
  const [row] = (await rowsOf(orm, paymentState({}))) as [PaymentState];
  return row;
}
