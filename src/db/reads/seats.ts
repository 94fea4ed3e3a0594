/** The seats of a schedule: what never changes, their states now, and those in one state. */
import { sql } from 'kysely';
import type { Seat } from '../../commands/resources.ts';
import type { Database } from '../orm.ts';

/**
 * A hold that has run out counts as available even before anybody released it; a seat that operators
 * have blocked counts as held.
 */
const conditions = {
  available: sql`(blocked_reason is null
    and (state = 'available' or (state = 'held' and held_until <= statement_timestamp())))`,
  held: sql`(blocked_reason is not null or (state = 'held' and held_until > statement_timestamp()))`,
  sold: sql`state = 'sold'`,
};

/** What never changes of a seat. */
export type FixedSeat = Omit<Seat, 'state'>;

/**
 * The seats of a schedule without their states, in the order of its ranges.
 * @returns undefined where there is no such schedule
 */
export async function readFixedSeats(
  orm: Database,
  scheduleId: number,
): Promise<FixedSeat[] | undefined> {
  const db = orm.em.getKysely();
  const { rows } = await sql<Omit<FixedSeat, 'id'> & { id: string }>`
    select id, section, row_name as row, number, price from seat
    where schedule_id = ${scheduleId} order by id`.execute(db);
  if (rows.length > 0) return rows.map((row) => ({ ...row, id: Number(row.id) }));
  const found = await sql`select 1 from schedule where id = ${scheduleId}`.execute(db);
  return found.rows.length > 0 ? [] : undefined;
}

/** One character a seat, in the same order: `a` available, `h` held, `s` sold. */
export async function readSeatStates(orm: Database, scheduleId: number): Promise<string> {
  const { rows } = await sql<{ states: string | null }>`
    select string_agg(
      case when ${conditions.available} then 'a' when state = 'sold' then 's' else 'h' end,
      '' order by id) as states
    from seat where schedule_id = ${scheduleId}`.execute(orm.em.getKysely());
  return rows[0]?.states ?? '';
}

/**
 * The seats of a schedule in one state, found by index, as JSON that PostgreSQL has written.
 * @returns undefined where there is no such schedule
 */
export async function readSeatsInState(
  orm: Database,
  scheduleId: number,
  state: Seat['state'],
): Promise<string | undefined> {
  const { rows } = await sql<{ items: string | null }>`
    select (
      select json_agg(json_build_object(
        'id', id, 'section', section, 'row', row_name, 'number', number, 'price', price,
        'state', ${state}::text) order by id)::text
      from seat where schedule_id = schedule.id and ${conditions[state]}
    ) as items
    from schedule where id = ${scheduleId}`.execute(orm.em.getKysely());
  return rows[0] && (rows[0].items ?? '[]');
}
