/**
 * Records in bulk which waiting users have polled and which admitted users have claimed their session. A lost record is
 * harmless: the user's next request creates it again.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from './connection/orm.ts';
import { rowsOf } from './connection/pipeline.ts';
import { anyOf, checkedAfterwards, db, type Given, statement } from './statement.ts';

/** Numbers of waiting entries whose user has polled, and of active entries whose queue token was used. */
export interface PresenceNotes {
  seen: number[];
  claimed: number[];
}

interface Numbers {
  numbers: readonly number[];
}

/** Rows locked by a batch or an admission are skipped. */
const unlocked = ({ numbers }: Given<Numbers>, condition: RawBuilder<boolean>) =>
  db
    .selectFrom('queue_entry')
    .select('number')
    .where('number', '=', anyOf(numbers))
    .where(checkedAfterwards(condition))
    .orderBy('number')
    .forUpdate()
    .skipLocked();

const now = sql<Date>`statement_timestamp()`;

const noteSeen = statement('note users who polled', (given: Given<Numbers>) =>
  db
    .updateTable('queue_entry')
    .set({ seen_at: now })
    .where('number', 'in', unlocked(given, sql`state = 'waiting'`))
    .returning('number'),
);

/** `limit` makes the planner use the index on numbers, whatever its statistics of the table. */
const noteClaims = statement('note users who claimed', (given: Given<Numbers>) =>
  db
    .with('noted', (with_) =>
      with_
        .updateTable('queue_entry')
        .set({ claimed_at: now })
        .where('number', 'in', unlocked(given, sql`state = 'active' and claimed_at is null`))
        .returning('number'),
    )
    .selectFrom('noted')
    .select('number')
    .unionAll(
      sql<{ number: number }>`
      select asked.number from unnest(${given.numbers}::bigint[]) as asked(number)
      left join lateral (
        select state, claimed_at from queue_entry where number = asked.number limit 1
      ) entry on true
      where entry.state is null or entry.state = 'ended' or entry.claimed_at is not null`,
    ),
);

/**
 * Writes the records.
 * @returns the numbers whose record is written or no longer needed; the caller must retry the others
 */
export async function notePresence(
  orm: Database,
  { seen, claimed }: Readonly<PresenceNotes>,
): Promise<PresenceNotes> {
  const note = async (noted: typeof noteSeen, numbers: readonly number[]) =>
    numbers.length > 0 ? (await rowsOf(orm, noted({ numbers }))).map((row) => row.number) : [];
  return { seen: await note(noteSeen, seen), claimed: await note(noteClaims, claimed) };
}
