/** Loads queue entries: those of queue tokens, of orders that are paid, and of users who enter or leave a queue. */
import { sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../../src/db/statement.ts';
import { idsIn, type Needing } from '../needing.ts';
import { namedIn } from '../orders/named-orders.ts';
import type { Rows } from '../rows.ts';
import { lockQueueEntries, type UsersInQueues } from './lock-queue-entries.ts';

/** @param holdMs how long a new hold lasts, in ms */
export async function loadQueueEntries(
  send: Send,
  rows: Rows,
  batch: readonly Needing[],
  holdMs: number,
): Promise<void> {
  const paying = batch.filter(({ needs }) => needs.order?.withQueueEntry);
  const payers = idsIn(paying, (_needs, { userId }) => userId);
  const wanted = {
    paying: idsIn(paying, (_needs, { entryId }) => entryId),
    isAnyPaying: paying.length > 0,
    booking: idsIn(batch, ({ places }, { entryId }) => places && entryId),
    orders: namedIn(batch),
    entering: usersInQueues(batch, 'enter'),
    leaving: usersInQueues(batch, 'leave'),
    holdMs,
  };
  const [entries] = await Promise.all([
    lockQueueEntries(send, wanted),
    loadHeldOrders(send, rows, payers),
  ]);
  for (const entry of entries) rows.queueEntries.load(entry);
}

/** The users who enter or leave, each with the queue. The same pair may come twice. */
function usersInQueues(batch: readonly Needing[], use: 'enter' | 'leave'): UsersInQueues {
  const found = batch.filter(({ needs }) => needs.openEntryIn?.use === use);
  return {
    userIds: found.map(({ command }) => command.userId),
    queueIds: found.map(({ needs }) => needs.openEntryIn?.queueId ?? 0),
  };
}

/**
 * Sent after the entries were locked, so that it finds every order that was placed before. The payer is the user of the order
 * and of its entry, or is refused before. A user holds few orders, so those of other entries cost less than to look up which
 * entries the payments may end.
 */
const readHeldOrders = statement(
  'held orders of payers',
  ({ payers }: Given<{ payers: readonly number[] }>) =>
    db
      .selectFrom('app_order')
      .select(['id', 'entry_id as entryId', 'hold_expires_at as holdExpiresAt'])
      .where('user_id', '=', anyOf(payers))
      .where('state', '=', sql.lit('held')),
);

async function loadHeldOrders(send: Send, rows: Rows, payers: readonly number[]): Promise<void> {
  if (payers.length === 0) return;
  const found = await send(readHeldOrders({ payers }));
  rows.heldOrders = Map.groupBy(found, ({ entryId }) => entryId);
}
