/** The seats of a schedule with their state now. */
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

/**
 * The seats of a schedule in the order of its ranges, all or those in one state, as JSON that
 * PostgreSQL has written: nothing here looks at single seats.
 * @returns undefined where there is no such schedule
 */
export async function readSeats(
  orm: Database,
  scheduleId: number,
  state?: Seat['state'],
): Promise<string | undefined> {
  const condition = state ? conditions[state] : sql`true`;
  const { rows } = await sql<{ items: string | null }>`
    select (
      select json_agg(json_build_object(
        'id', id, 'section', section, 'row', row_name, 'number', number, 'price', price,
        'state', case when ${conditions.available} then 'available' when state = 'sold' then 'sold' else 'held' end) order by id)::text
      from seat where schedule_id = schedule.id and ${condition}
    ) as items
    from schedule where id = ${scheduleId}`.execute(orm.em.getKysely());
  return rows[0] && (rows[0].items ?? '[]');
}
