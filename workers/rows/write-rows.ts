/** Writes the rows that a batch changed or added. This module makes no decisions. */
import { strict as assert } from 'node:assert';
import type { Send } from '../../src/db/connection/pipeline.ts';
import { type Given, statement } from '../../src/db/statement.ts';
import { writeExtendedHolds } from './money/extend-holds.ts';
import { writeMoneyRows } from './money/write-money-rows.ts';
import { writeOperatorRows } from './operators/write-operator-rows.ts';
import type { Written } from './part.ts';
import { rowParameters, type Values } from './row-parameters.ts';
import type { BookingRow, OrderRow, QueueEntryRow, Rows } from './rows.ts';
import { writeCheckIns } from './tickets/check-ins.ts';
import { recordEndedEntries, recordExpiredHolds } from './webhook-events.ts';
import { writesOf } from './write-plans.ts';

/** Sends the statements that write the changed and added rows, and the receipts. */
export function writeRows(send: Send, written: Written): void {
  const { rows } = written;
  for (const each of writesOf(written)) void send(each);
  writeExtendedHolds(send, rows);
  recordHolds(send, rows);
  recordExpiredEntries(send, rows);
  writeCheckIns(send, written);
  writeMoneyRows(send, written);
  writeOperatorRows(send, written);
}

const expired = rowParameters<{ booking: BookingRow; order: OrderRow }>('holds', 'expired', {
  id: ['bigint', ({ booking }) => booking.id],
  user_id: ['bigint', ({ order }) => order.userId],
  concert_id: ['bigint', ({ order }) => order.concertId],
  schedule_id: ['bigint', ({ order }) => order.scheduleId],
  seat_id: ['bigint', ({ booking }) => booking.seatId],
  area_id: ['bigint', ({ booking }) => booking.areaId],
  ended_at: ['timestamptz', ({ booking }) => booking.endedAt],
});
const recordExpired = statement('record expired holds', (given: Given<Values>) =>
  recordExpiredHolds(expired.build(given, 'many')),
);

/** Records the expired holds that a command ended before the timer did. */
function recordHolds(send: Send, rows: Rows): void {
  const bookings = [...rows.bookings.changed].filter(({ endedAs }) => endedAs === 'expired');
  if (bookings.length === 0) return;
  const holds = bookings.map((booking) => {
    const order = rows.orders.get(booking.orderId);
    assert(order, `Booking ${booking.id} was ended, but its order is not loaded.`);
    return { booking, order };
  });
  const values: Values = {};
  expired.bind(holds, 'many', values);
  void send(recordExpired(values));
}

const ended = rowParameters<QueueEntryRow>('entries', 'ended', {
  queue_id: ['int', (entry) => entry.queueId],
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
  const entries = [...rows.queueEntries.changed].filter(({ endReason }) => endReason === 'expired');
  if (entries.length === 0) return;
  const values: Values = {};
  ended.bind(entries, 'many', values);
  void send(recordEnded(values));
}
