/** Writes the rows that a batch changed or added. This module makes no decisions. */
import { sql } from 'kysely';
import type { Send } from '../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../src/db/statement.ts';
import type { Written } from './part.ts';
import type { QueueEntryRow, Rows } from './rows.ts';
import { tableOf, type Values } from './table-of.ts';
import { recordEndedEntries, recordExpiredHolds } from './webhook-events.ts';
import { writeOperatorRows } from './write-operator-rows.ts';
import { writesOf } from './write-plans.ts';

/** Sends the statements that write the changed and added rows, and the receipts. */
export function writeRows(send: Send, written: Written): void {
  const { rows, now } = written;
  const seatIds = [...rows.seatsWithEndedHold];
  if (seatIds.length > 0) void send(endExpiredHolds({ seatIds, now }));
  for (const each of writesOf(written)) void send(each);
  recordExpiredEntries(send, rows);
  writeOperatorRows(send, written);
}

const endExpiredHolds = statement(
  'end expired holds',
  ({ seatIds, now }: Given<{ seatIds: readonly number[]; now: Date }>) => sql`
    with ended as (${db
      .updateTable('booking')
      .set({ state: sql.lit('expired'), ended_at: now })
      .where('seat_id', '=', anyOf(seatIds))
      .where('state', '=', sql.lit('held'))
      .returningAll()})
    ${recordExpiredHolds(sql`ended`)}`,
);

const ended = tableOf<QueueEntryRow>('entries', 'ended', {
  number: ['bigint', (entry) => entry.number],
  user_id: ['bigint', (entry) => entry.userId],
  end_reason: ['text', (entry) => entry.endReason],
  ended_at: ['timestamptz', (entry) => entry.endedAt],
});
const recordEnded = statement('record ended entries', (given: Given<Values>) =>
  recordEndedEntries(ended.build(given, 'many')),
);

/** Records the expired sessions that a command of their user ended before the timer did. */
function recordExpiredEntries(send: Send, rows: Rows): void {
  const expired = [...rows.queueEntries.changed].filter(({ endReason }) => endReason === 'expired');
  if (expired.length === 0) return;
  const values: Values = {};
  ended.bind(expired, 'many', values);
  void send(recordEnded(values));
}
