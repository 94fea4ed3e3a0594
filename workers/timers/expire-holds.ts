/** Releases the seats whose hold, with its grace, has run out: one statement, whatever their number. */
import { sql } from 'kysely';
import type { Database } from '../../src/db/connection/orm.ts';
import { recordExpiredHolds } from '../rows/webhook-events.ts';

/** Bounds how long the rows stay locked; the next turn takes the rest. */
const AT_ONCE_MAX = 10_000;

/**
 * Seats that a batch has locked are passed over: that batch may be paying them, or ends the hold itself.
 * @returns how many seats are free again
 */
export async function expireHolds(orm: Database): Promise<number> {
  const { rows } = await sql<{ released: number }>`
    with due as (
      select id from seat where state = 'held' and held_until <= statement_timestamp()
      order by held_until limit ${AT_ONCE_MAX}
      for update skip locked
    ), released as (
      update seat set state = 'available', held_until = null
      from due where seat.id = due.id returning seat.id
    ), ended as (
      update booking set state = 'expired', ended_at = statement_timestamp()
      from released where booking.seat_id = released.id and booking.state = 'held'
      returning booking.*
    ), recorded as (${recordExpiredHolds(sql`ended`)})
    select count(*)::int as released from released`.execute(orm.em.getKysely());
  return rows[0]?.released ?? 0;
}
