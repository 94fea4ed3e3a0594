/**
 * Records in bulk which waiting users poll, which of them are back after they were skipped, and which admitted users have claimed
 * their session. A lost record is harmless: the user's next request creates it again.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from './connection/orm.ts';
import { rowsOf } from './connection/pipeline.ts';
import { lastSeen, WATCH_GAP } from './queue-line.ts';
import { FAR_NOTE_FRESH_MS, NEAR_NOTE_FRESH_MS } from './reads/queue/presence-times.ts';
import { bringBack, type ReturnedEntry } from './return-to-line.ts';
import {
  anyOf,
  checkedAfterwards,
  db,
  type Given,
  ms,
  rareStatement,
  statement,
} from './statement.ts';

/** What is recorded at once; entries by id. */
export interface PresenceNotes {
  /** Waiting entries whose user has polled: near the front of the line, and others. */
  near: readonly number[];
  far: readonly number[];
  /** Active entries whose queue token was used. */
  claimed: readonly number[];
  /** Skipped entries whose user polls again. */
  returned: readonly ReturnedEntry[];
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

/** Skipped users too: a user who polls is not gone, even if the return to the line is not written for a while. */
const isWaiting = sql<boolean>`state = 'waiting'`;

/** Several processes can have seen the user; one note is enough. A note near the front is none elsewhere: it tells that polls are noted often. */
const isNearNoted = sql<boolean>`(seen_near_front and seen_at > ${now} - ${ms(sql.lit(NEAR_NOTE_FRESH_MS))})`;
const isFarNoted = sql<boolean>`(not seen_near_front and ${lastSeen} > ${now} - ${ms(sql.lit(FAR_NOTE_FRESH_MS))})`;

const noteNear = statement('note users who poll near the front', (given: Given<Ids>) =>
  db
    .updateTable('queue_entry')
    .set({ seen_at: now, seen_near_front: sql.lit(true) })
    .where('id', 'in', unlocked(given, sql`${isWaiting} and ${isNearNoted} is not true`)),
);

interface Note {
  /** The columns that the note sets. */
  set: RawBuilder<unknown>;
  /** Conditions on a row of `queue_entry`: it is to be noted, and it need not be noted any more. */
  isDue: RawBuilder<boolean>;
  isDone: RawBuilder<boolean>;
}

/**
 * Notes entries, and returns those that are noted or need not be noted any more. `limit` makes the planner use the index on ids,
 * whatever its statistics of the table.
 */
const noting = (given: Given<Ids>, { set, isDue, isDone }: Note) => sql<{ id: number }>`
  with noted as (
    update queue_entry set ${set} where id in (${unlocked(given, isDue)}) returning id
  )
  select id from noted
  union all
  select asked.id from unnest(${given.ids}::bigint[]) as asked(id)
  left join lateral (
    select state, claimed_at, seen_near_front, seen_at, entered_at from queue_entry
    where id = asked.id limit 1
  ) entry on true
  where state is null or ${isDone}`;

const noteFar = statement('note users who poll', (given: Given<Ids>) =>
  noting(given, {
    set: sql`seen_at = ${now}, seen_near_front = false`,
    isDue: sql`${isWaiting} and not ${isFarNoted}`,
    isDone: sql`not (${isWaiting}) or ${isFarNoted}`,
  }),
);

const noteClaims = statement('note users who claimed', (given: Given<Ids>) =>
  noting(given, {
    set: sql`claimed_at = ${now}`,
    isDue: sql`state = 'active' and claimed_at is null`,
    isDone: sql`state = 'ended' or claimed_at is not null`,
  }),
);

/**
 * Writes the records.
 * @returns the ids whose record is written or no longer needed; the caller must retry the others
 */
export async function notePresence(
  orm: Database,
  { near, far, claimed, returned }: PresenceNotes,
): Promise<{ far: number[]; claimed: number[] }> {
  const note = async (noted: typeof noteFar, ids: readonly number[]) =>
    ids.length > 0 ? (await rowsOf(orm, noted({ ids }))).map((row) => row.id) : [];
  // Claims first: they must not be lost if a later statement fails.
  const written = { claimed: await note(noteClaims, claimed), far: await note(noteFar, far) };
  if (near.length > 0) await rowsOf(orm, noteNear({ ids: near }));
  await bringBack(orm, returned);
  return written;
}

const watch = rareStatement(() =>
  db
    .updateTable('presence_watch')
    .set({
      noted_at: now,
      watched_since: sql<Date>`case when noted_at > ${now} - ${WATCH_GAP} then watched_since else ${now} end`,
    })
    .where('id', '=', sql.lit(1)),
);

/** Says that polls are noted now. After a time without this statement, users count as seen at its end. */
export async function noteWatch(orm: Database): Promise<void> {
  await rowsOf(orm, watch({}));
}
