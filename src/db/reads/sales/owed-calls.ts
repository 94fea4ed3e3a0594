/** Lists the calls to payment providers that are owed, for operators. */
import { sql } from 'kysely';
import type { OwedCall } from '../../../commands/schemas/owed-calls.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { DEAD_OFFERS } from '../../entities/money/outbox-call.ts';
import { db, unprepared } from '../../statement.ts';

export interface CallPage {
  state: 'dead' | undefined;
  /** The id of the last call of the previous page. */
  before: number | undefined;
  limit: number;
}

/** SQL: as a literal, so that the planner sees that the index of dead calls serves it. */
const isDead = sql<boolean>`outbox_call.offers >= ${sql.lit(DEAD_OFFERS)}`;

/** Up to `limit + 1` calls, the newest first; the extra one shows that there is a next page. */
export async function listOwedCalls(
  orm: Database,
  { state, before, limit }: CallPage,
): Promise<OwedCall[]> {
  let page = db
    .selectFrom('outbox_call')
    .selectAll()
    .where('id', '<', before ?? Number.MAX_SAFE_INTEGER)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (state === 'dead') page = page.where(isDead);
  const found = await rowsOf(
    orm,
    unprepared(
      db
        .selectFrom(page.as('outbox_call'))
        .leftJoin('checkout', 'checkout.id', 'checkout_id')
        .select(['outbox_call.id', 'kind', 'checkout_id as checkoutId', 'order_id as orderId'])
        .select(['refund_id as refundId', 'offers', isDead.as('isDead')])
        .select(['next_at as nextAt', 'outbox_call.created_at as createdAt'])
        .orderBy('outbox_call.id', 'desc'),
    ),
  );
  return found.map(({ refundId, nextAt, createdAt, ...call }) => ({
    ...call,
    refundId: refundId === 0 ? null : refundId,
    nextAt: nextAt.toISOString(),
    createdAt: createdAt.toISOString(),
  }));
}
