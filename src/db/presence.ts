/**
 * Notes in bulk who of the waiting looked and who of the admitted came. Approximate by nature: a lost
 * note is made again by the next request of the same user.
 */
import { sql } from 'kysely';
import type { Database } from './connection/orm.ts';
import { rowsOf } from './connection/pipeline.ts';
import { anyOf, db, type Given, statement } from './statement.ts';

/** Numbers of waiting places that were seen, and of active ones whose queue token was used. */
export interface PresenceNotes {
  seen: number[];
  claimed: number[];
}

interface Places {
  numbers: readonly number[];
}

/** Rows that a batch or an admission has locked are skipped. */
const unlocked = ({ numbers }: Given<Places>) =>
  db
    .selectFrom('queue_entry')
    .select('number')
    .where('number', '=', anyOf(numbers))
    .orderBy('number')
    .forUpdate()
    .skipLocked();

const now = sql<Date>`statement_timestamp()`;

const noteSeen = statement('note who looked', (given: Given<Places>) =>
  db
    .updateTable('queue_entry')
    .set({ seen_at: now })
    .where('number', 'in', unlocked(given).where('state', '=', sql.lit('waiting')))
    .returning('number'),
);

/** `limit` keeps the planner at the index of numbers, whatever it thinks of the table. */
const noteClaims = statement('note who came', (given: Given<Places>) =>
  db
    .with('noted', (with_) =>
      with_
        .updateTable('queue_entry')
        .set({ claimed_at: now })
        .where(
          'number',
          'in',
          unlocked(given).where('state', '=', sql.lit('active')).where('claimed_at', 'is', null),
        )
        .returning('number'),
    )
    .selectFrom('noted')
    .select('number')
    .unionAll(
      sql<{ number: number }>`
      select asked.number from unnest(${given.numbers}::bigint[]) as asked(number)
      left join lateral (
        select state, claimed_at from queue_entry where number = asked.number limit 1
      ) place on true
      where place.state is null or place.state = 'ended' or place.claimed_at is not null`,
    ),
);

/**
 * Writes notes.
 * @returns the numbers whose note is in the database, or not needed any more; the others have to be noted again
 */
export async function notePresence(
  orm: Database,
  { seen, claimed }: Readonly<PresenceNotes>,
): Promise<PresenceNotes> {
  const note = async (noted: typeof noteSeen, numbers: readonly number[]) =>
    numbers.length > 0 ? (await rowsOf(orm, noted({ numbers }))).map((row) => row.number) : [];
  return { seen: await note(noteSeen, seen), claimed: await note(noteClaims, claimed) };
}
