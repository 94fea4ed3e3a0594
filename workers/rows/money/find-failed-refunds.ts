/** Finds the refunds to cards that failed of a performance, before the batch locks their checkouts. */
import { sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, rareStatement } from '../../../src/db/statement.ts';
import { idsIn, type Needing } from '../needing.ts';

/** How many a batch asks for again at most. The statement that owes their calls stays short. */
const FAILED_MAX = 1000;

const failedRefunds = rareStatement(({ scheduleIds }: Given<{ scheduleIds: readonly number[] }>) =>
  db
    .selectFrom('card_refund')
    .innerJoin('checkout', 'checkout.id', 'checkout_id')
    .innerJoin('app_order', 'app_order.id', 'order_id')
    .select(['card_refund.id', 'schedule_id as scheduleId'])
    // As a literal: the planner uses the index of failed refunds only if it sees the state.
    .where('card_refund.state', '=', sql.lit('failed'))
    .where('schedule_id', '=', anyOf(scheduleIds))
    .orderBy('card_refund.id')
    .limit(sql.lit(FAILED_MAX)),
);

/**
 * The ids of the refunds that failed, by schedule, the oldest first. They are not locked: one may have ended when the batch reads them
 * again, after it has locked their checkouts.
 */
export async function findFailedRefunds(
  send: Send,
  batch: readonly Needing[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const scheduleIds = idsIn(batch, ({ failedRefundsOf }) => failedRefundsOf);
  if (scheduleIds.length === 0) return new Map();
  const found = Map.groupBy(
    await send(failedRefunds({ scheduleIds })),
    ({ scheduleId }) => scheduleId,
  );
  return new Map([...found].map(([id, refunds]) => [id, refunds.map((refund) => refund.id)]));
}
