/**
 * Notes in bulk who of the waiting looked and who of the admitted came. Approximate by nature: a lost
 * note is made again by the next request of the same user.
 */
import { sql } from 'kysely';
import type { Database } from './orm.ts';

/** Rows that a batch or an admission has locked are left to the next time. */
export async function notePresence(
  orm: Database,
  { seen, claimed }: { seen: readonly number[]; claimed: readonly number[] },
): Promise<void> {
  const db = orm.em.getKysely();
  if (seen.length > 0) {
    await sql`
      update queue_entry set seen_at = statement_timestamp()
      where number in (
        select number from queue_entry
        where number = any(${[...seen]}::bigint[]) and state = 'waiting'
        order by number for update skip locked)`.execute(db);
  }
  if (claimed.length > 0) {
    await sql`
      update queue_entry set claimed_at = statement_timestamp()
      where number in (
        select number from queue_entry
        where number = any(${[...claimed]}::bigint[]) and state = 'active' and claimed_at is null
        order by number for update skip locked)`.execute(db);
  }
}
