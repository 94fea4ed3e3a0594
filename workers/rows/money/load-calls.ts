/**
 * Reads the calls to payment providers that operators name. They are not locked: a batch that brings an answer deletes a call
 * under the lock of its checkout, and must not wait for a call.
 */
import { sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { DEAD_OFFERS } from '../../../src/db/entities/money/outbox-call.ts';
import { db, unprepared } from '../../../src/db/statement.ts';
import { idsIn, type Needing } from '../needing.ts';
import type { Rows } from '../rows.ts';

export async function loadCalls(send: Send, rows: Rows, batch: readonly Needing[]): Promise<void> {
  const ids = idsIn(batch, ({ callId }) => callId);
  if (ids.length === 0) return;
  const calls = db
    .selectFrom('outbox_call')
    .leftJoin('checkout', 'checkout.id', 'checkout_id')
    .select(['outbox_call.id', 'kind', 'checkout_id as checkoutId', 'refund_id as refundId'])
    .select(['order_id as orderId', 'offers', 'next_at as nextAt'])
    .select('outbox_call.created_at as createdAt')
    .select(sql<boolean>`offers >= ${sql.lit(DEAD_OFFERS)}`.as('isDead'))
    .where('outbox_call.id', 'in', ids);
  for (const call of await send(unprepared(calls))) rows.money.calls.set(call.id, call);
}
