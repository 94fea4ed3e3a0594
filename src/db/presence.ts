/**
 * Notes in bulk who of the waiting looked and who of the admitted came. Approximate by nature: a lost
 * note is made again by the next request of the same user.
 */
import { sql } from 'kysely';
import type { Database } from './connection/orm.ts';

/** Numbers of waiting places that were seen, and of active ones whose queue token was used. */
export interface PresenceNotes {
  seen: number[];
  claimed: number[];
}

/**
 * Writes notes. Rows that a batch or an admission has locked are skipped. `limit` keeps the planner at the index of numbers,
 * whatever it thinks of the table.
 * @returns the numbers whose note is in the database, or not needed any more; the others have to be noted again
 */
export async function notePresence(
  orm: Database,
  { seen, claimed }: Readonly<PresenceNotes>,
): Promise<PresenceNotes> {
  const db = orm.em.getKysely();
  const written: PresenceNotes = { seen: [], claimed: [] };
  if (seen.length > 0) {
    const { rows } = await sql<NotedRow>`
      update queue_entry set seen_at = statement_timestamp()
      where number in (
        select number from queue_entry
        where number = any(${[...seen]}::bigint[]) and state = 'waiting'
        order by number for update skip locked)
      returning number`.execute(db);
    written.seen = rows.map(({ number }) => Number(number));
  }
  if (claimed.length > 0) {
    const { rows } = await sql<NotedRow>`
      with noted as (
        update queue_entry set claimed_at = statement_timestamp()
        where number in (
          select number from queue_entry
          where number = any(${[...claimed]}::bigint[]) and state = 'active' and claimed_at is null
          order by number for update skip locked)
        returning number
      )
      select number from noted
      union all
      select asked.number from unnest(${[...claimed]}::bigint[]) as asked(number)
      left join lateral (
        select state, claimed_at from queue_entry where number = asked.number limit 1
      ) place on true
      where place.state is null or place.state = 'ended' or place.claimed_at is not null`.execute(
      db,
    );
    written.claimed = rows.map(({ number }) => Number(number));
  }
  return written;
}

interface NotedRow {
  number: string;
}
