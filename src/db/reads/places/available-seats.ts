/** Counts the seats and places that can be had now, by schedule. */
import { sql } from 'kysely';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../statement.ts';
import { areasWithCounts } from './areas.ts';

/** Computed from the seats and places of areas that are not available. */
const availableSeats = statement('available seats', ({ ids }: Given<{ ids: readonly number[] }>) =>
  db
    .selectFrom('schedule')
    .select('id')
    .select(
      sql<number>`seat_count - (
        select count(*)::int from seat
        where schedule_id = schedule.id and (
          state = 'sold' or blocked_reason is not null
          or (state = 'held' and held_until > statement_timestamp()))) - (
        select coalesce(sum(capacity - available), 0)::bigint
        from (${areasWithCounts(sql`area.schedule_id = schedule.id`)}) as areas)`.as('available'),
    )
    .where('id', '=', anyOf(ids)),
);

/** The numbers of available seats and places of areas, by schedule id. */
export async function countAvailableSeats(
  orm: Database,
  scheduleIds: readonly number[],
): Promise<Map<number, number>> {
  const rows = await rowsOf(orm, availableSeats({ ids: scheduleIds }));
  return new Map(rows.map(({ id, available }) => [id, available]));
}
