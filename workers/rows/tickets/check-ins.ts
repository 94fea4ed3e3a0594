/**
 * Loads and writes the check-ins of bookings. A check-in is only added under the lock of its order, which a refund holds too: so
 * each sees what the other has committed. They are read only for the orders that a command cancels or scans, because a batch
 * of payments has no use for them.
 */
import { sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, rareStatement, statement } from '../../../src/db/statement.ts';
import { type Named, namedOrders } from '../orders/lock-seats.ts';
import { insertEach, type Written } from '../part.ts';
import type { Rows } from '../rows.ts';
import type { Values } from '../table-of.ts';

const readCheckIns = statement('check-ins of orders', (named: Given<Named>) =>
  db
    .selectFrom('check_in')
    .select(['booking_id as bookingId', 'schedule_id as scheduleId', 'gate', 'at'])
    .select(['user_id as userId', 'job_id as jobId'])
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

/** Loads the check-ins of the named orders, which are locked. */
export async function loadCheckIns(send: Send, rows: Rows, named: Named): Promise<void> {
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
  },
  (rows) => rows.checkIns.added,
);
/** Not prepared, because a sale has no scans. */
const insert = rareStatement((given: Given<Values>) => part.build(given, 'many'));

export function writeCheckIns(send: Send, written: Written): void {
  const items = part.itemsIn(written);
  if (items.length === 0) return;
  const values: Values = { now: written.now };
  part.bind(items, 'many', values);
  void send(insert(values));
}
