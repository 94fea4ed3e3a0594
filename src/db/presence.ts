/**
 * Records in bulk which waiting users have polled and which admitted users have claimed their session. A lost record is
 * harmless: the user's next request creates it again.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from './connection/orm.ts';
import { rowsOf } from './connection/pipeline.ts';
import { anyOf, checkedAfterwards, db, type Given, statement } from './statement.ts';

/** Ids of waiting entries whose user has polled, and of active entries whose queue token was used. */
export interface PresenceNotes {
  seen: number[];
  claimed: number[];
}

interface Ids {
  ids: readonly number[];
}

/** Rows locked by a batch or an admission are skipped. */
const unlocked = ({ ids }: Given<Ids>, condition: RawBuilder<boolean>) =>
  db
    .selectFrom('queue_entry')
    .select('id')
    .where('id', '=', anyOf(ids))
    .where(checkedAfterwards(condition))
    .orderBy('id')
    .forUpdate()
    .skipLocked();

const now = sql<Date>`statement_timestamp()`;

const noteSeen = statement('note users who polled', (given: Given<Ids>) =>
  db
    .updateTable('queue_entry')
    .set({ seen_at: now })
    .where('id', 'in', unlocked(given, sql`state = 'waiting'`))
    .returning('id'),
);

/** `limit` makes the planner use the index on ids, whatever its statistics of the table. */
const noteClaims = statement('note users who claimed', (given: Given<Ids>) =>
  db
    .with('noted', (with_) =>
      with_
        .updateTable('queue_entry')
        .set({ claimed_at: now })
        .where('id', 'in', unlocked(given, sql`state = 'active' and claimed_at is null`))
        .returning('id'),
    )
    .selectFrom('noted')
    .select('id')
    .unionAll(
      sql<{ id: number }>`
      select asked.id from unnest(${given.ids}::bigint[]) as asked(id)
      left join lateral (
        select state, claimed_at from queue_entry where id = asked.id limit 1
      ) entry on true
      where entry.state is null or entry.state = 'ended' or entry.claimed_at is not null`,
    ),
);

/**
 * Writes the records.
 * @returns the ids whose record is written or no longer needed; the caller must retry the others
 */
export async function notePresence(
  orm: Database,
  { seen, claimed }: Readonly<PresenceNotes>,
): Promise<PresenceNotes> {
  const note = async (noted: typeof noteSeen, ids: readonly number[]) =>
    ids.length > 0 ? (await rowsOf(orm, noted({ ids }))).map((row) => row.id) : [];
  return { seen: await note(noteSeen, seen), claimed: await note(noteClaims, claimed) };
}
