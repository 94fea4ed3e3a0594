/**
 * Loads and writes the check-ins of bookings. A check-in is only added under the lock of its order, which a refund holds too: so
 * each sees what the other has committed. They are read only for the orders that a command cancels or scans, because a batch
 * of payments has no use for them.
 */
import { sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, rareStatement, statement } from '../../../src/db/statement.ts';
import { distinct, idsIn, type Needing } from '../needing.ts';
import { type Named, namedIn, namedOrders } from '../orders/named-orders.ts';
import { insertEach, type Written } from '../part.ts';
import type { Values } from '../row-parameters.ts';
import type { Rows } from '../rows.ts';

const readCheckIns = statement('check-ins of orders', (named: Given<Named>) =>
  db
    .selectFrom('check_in')
    .select(['booking_id as bookingId', 'schedule_id as scheduleId', 'gate', 'at'])
    .select(['user_id as userId', 'job_id as jobId', 'scanned_at as scannedAt'])
    .where(
      'booking_id',
      '=',
      anyOf(
        sql<number[]>`array(${db
          .selectFrom('booking')
          .select('id')
          .where('order_id', '=', anyOf(namedOrders(named)))})`,
      ),
    ),
);

/** Loads the check-ins of the orders of which commands need them. The orders are locked. */
export async function loadCheckIns(
  send: Send,
  rows: Rows,
  batch: readonly Needing[],
): Promise<void> {
  const { orderIds, bookingIds } = namedIn(batch, ({ withCheckIns }) => withCheckIns);
  const ticketIds = idsIn(batch, ({ ticketId }) => ticketId);
  const named = { orderIds, bookingIds: distinct([...bookingIds, ...ticketIds]) };
  if (named.orderIds.length + named.bookingIds.length === 0) return;
  for (const checkIn of await send(readCheckIns(named))) rows.checkIns.load(checkIn);
}

const part = insertEach(
  'check_in',
  {
    booking_id: 'bigint',
    schedule_id: 'bigint',
    gate: 'text',
    user_id: 'bigint',
    job_id: 'text',
    at: 'timestamptz',
    scanned_at: 'timestamptz',
  },
  (rows) => rows.checkIns.added,
);
const refused = insertEach(
  'refused_scan',
  {
    schedule_id: 'bigint',
    ticket_id: 'bigint',
    gate: 'text',
    user_id: 'bigint',
    job_id: 'text',
    reason: 'text',
    used_at: 'timestamptz',
    used_gate: 'text',
    scanned_at: 'timestamptz',
    at: 'timestamptz',
  },
  (rows) => rows.refusedScans,
  { isNumbered: true },
);

/** Not prepared, because a sale has no scans. */
const writes = [part, refused].map((each) => ({
  part: each,
  write: rareStatement((given: Given<Values>) => each.build(given, 'many')),
}));

/** Writes who has entered, and the scans that were refused too late. */
export function writeCheckIns(send: Send, written: Written): void {
  for (const { part: each, write } of writes) {
    const items = each.itemsIn(written);
    if (items.length === 0) continue;
    const values: Values = { now: written.now };
    each.bind(items, 'many', values);
    void send(write(values));
  }
}
