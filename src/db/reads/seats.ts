/** The seats of a schedule: what never changes, their states now, and those in one state. */
import { sql } from 'kysely';
import type { Seat } from '../../commands/resources.ts';
import type { Database } from '../connection/orm.ts';

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

/**
 * The order of the ranges. It is the one of `id`, but not for the planner: where few schedules share the table, it would
 * walk the primary key over all their seats to save the sorting of one's.
 */
const inOrder = sql`id + 0`;

/** What never changes of a seat. */
export type FixedSeat = Omit<Seat, 'state' | 'blockedReason'>;

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
    where schedule_id = ${scheduleId} order by ${inOrder}`.execute(db);
  if (rows.length > 0) return rows.map((row) => ({ ...row, id: Number(row.id) }));
  const found = await sql`select 1 from schedule where id = ${scheduleId}`.execute(db);
  return found.rows.length > 0 ? [] : undefined;
}

/** One character a seat, in the same order: `a` available, `h` held, `s` sold. */
export async function readSeatStates(orm: Database, scheduleId: number): Promise<string> {
  const { rows } = await sql<{ states: string | null }>`
    select string_agg(
      case when ${conditions.available} then 'a' when state = 'sold' then 's' else 'h' end,
      '' order by ${inOrder}) as states
    from seat where schedule_id = ${scheduleId}`.execute(orm.em.getKysely());
  return rows[0]?.states ?? '';
}

/** The ids of a schedule's seats in one state, found by index, in the order of its ranges. */
export async function readIdsInState(
  orm: Database,
  scheduleId: number,
  state: Seat['state'],
): Promise<number[]> {
  const { rows } = await sql<{ ids: string | null }>`
    select string_agg(id::text, ',' order by ${inOrder}) as ids
    from seat where schedule_id = ${scheduleId} and ${conditions[state]}`.execute(
    orm.em.getKysely(),
  );
  // As one text: the driver takes ten times as long over an array or a row a seat.
  return JSON.parse(`[${rows[0]?.ids ?? ''}]`);
}

/** Why operators keep seats of a schedule off the sale, by seat id. */
export async function readBlockedReasons(
  orm: Database,
  scheduleId: number,
): Promise<Map<number, string>> {
  const { rows } = await sql<{ id: string; blocked_reason: string }>`
    select id, blocked_reason from seat
    where schedule_id = ${scheduleId} and blocked_reason is not null
    order by ${inOrder}`.execute(orm.em.getKysely());
  return new Map(rows.map((row) => [Number(row.id), row.blocked_reason]));
}

/** All that seat maps read of schedules. */
export function seatReads(orm: Database) {
  return {
    fixedSeats: (scheduleId: number) => readFixedSeats(orm, scheduleId),
    states: (scheduleId: number) => readSeatStates(orm, scheduleId),
    idsInState: (scheduleId: number, state: Seat['state']) =>
      readIdsInState(orm, scheduleId, state),
  };
}
