/**
 * The line of a queue, in SQL: who is in it, and how a change of it is noted in `queue_block`, from which API processes compute
 * positions. A transaction that takes a number out of the line notes it, under a lock that lasts until the commit:
 * batches under that of the queue's numbering (`users`), all others under that of `waiting_queue` (`system`).
 */
import { type RawBuilder, sql } from 'kysely';
import { BLOCK_SIZE } from './reads/queue/line.ts';
import { FAR_UNSEEN_MS, WATCH_GAP_MS } from './reads/queue/presence-times.ts';
import { checkedAfterwards, ms } from './statement.ts';

/**
 * A condition on a row of `queue_entry`: it is in the line, which means that it waits and is not skipped. Written exactly as in
 * the index `queue_entry_line`. It does not imply `state = 'waiting'` to the planner, so no other index is used, in which
 * skipped entries would be read again and again.
 */
export const isInLine = checkedAfterwards(sql`state = 'waiting' and skipped_at is null`);

const SIZE = sql.lit(BLOCK_SIZE);
const BLOCK = sql`((number - 1) / ${SIZE})::int`;
const BITS = sql`bit_or(set_bit(0::bit(${SIZE}), ((number - 1) % ${SIZE})::int, 1))`;

/** Numbers as bits: `queue_id, block, bits, version`. */
const bitsOf = (source: RawBuilder<unknown>) => sql`
  select queue_id, ${BLOCK} as block, ${BITS} as bits, max(version) as version
  from ${source} group by queue_id, ${BLOCK}`;

/** @param blocks a query for `queue_id, source, block, gone, version` */
const addToBlocks = (blocks: RawBuilder<unknown>): RawBuilder<object> => sql`
    insert into queue_block (queue_id, source, block, gone, version)
    ${blocks}
    on conflict (queue_id, source, block) do update
      set gone = queue_block.gone | excluded.gone, version = excluded.version`;

/**
 * An insert that notes that numbers are out of the line.
 * @param source rows with `queue_id, number, version`; the version is `queue_numbering.removed` or `waiting_queue.line_version`
 *   after the change, and the lock of that row is held
 * @param by who has taken them out
 */
export function markGone(source: RawBuilder<unknown>, by: 'users' | 'system'): RawBuilder<object> {
  return addToBlocks(sql`
    select queue_id, ${sql.lit(by)}, block, bits, version from (${bitsOf(source)}) marked
    order by queue_id, block`);
}

/**
 * An insert that notes that numbers which follow each other are out of the line: those that no user gets.
 * @param source rows with `queue_id, first, last, version`, as above
 */
export function markRangeGone(source: RawBuilder<unknown>): RawBuilder<object> {
  return addToBlocks(sql`
    select queue_id, 'system', block,
      (~0::bit(${SIZE}) >> greatest(0, first - 1 - block * ${SIZE})::int)
        & (~0::bit(${SIZE}) << greatest(0, (block + 1) * ${SIZE} - last)::int), version
    from ${source} cross join generate_series((first - 1) / ${SIZE}, (last - 1) / ${SIZE}) as block
    where first <= last`);
}

/**
 * An update that notes that numbers are in the line again, which the system had taken out.
 * @param source rows with `queue_id, number, version`, as above
 */
export function markReturned(source: RawBuilder<unknown>): RawBuilder<object> {
  return sql`
    update queue_block set gone = gone & ~marked.bits, version = marked.version
    from (${bitsOf(source)}) marked
    where queue_block.queue_id = marked.queue_id and queue_block.source = 'system'
      and queue_block.block = marked.block`;
}

const now = sql`statement_timestamp()`;

/** When the user of a waiting entry was last seen. */
export const lastSeen = sql<Date>`coalesce(seen_at, entered_at)`;

/** How long a waiting user can be unseen, as an interval: users who are not near the front are noted less often. */
const unseenMax = (idleMs: RawBuilder<number>) =>
  sql`((${idleMs} + case when seen_near_front then 0 else ${sql.lit(FAR_UNSEEN_MS)} end) * interval '1 ms')`;

/**
 * A condition on a row of `queue_entry`: its user polls.
 * @param idleMs how long a user near the front can be unseen, as an int or bigint
 */
export const isPresent = (idleMs: RawBuilder<number>): RawBuilder<boolean> =>
  sql`(${lastSeen} > ${now} - ${unseenMax(idleMs)})`;

/** A gap in the notes, as an interval: after it, absence counts from its end on. */
export const WATCH_GAP = ms(sql.lit(WATCH_GAP_MS));

/** Since when polls have been noted without a gap, as a query with one row; null while they are not. */
export const watchedSince = sql`
  (select watched_since from presence_watch where id = 1 and noted_at > ${now} - ${WATCH_GAP})`;

/**
 * Since when claims have been noted without a gap, as a query with one row; null while they are not. If no API process has ever
 * noted polls, there was no gap yet.
 */
export const claimsNotedSince = sql`
  coalesce(${watchedSince}, (select '-infinity'::timestamptz from presence_watch where id = 1 and noted_at is null))`;

/**
 * A condition on a row of `queue_entry`: its user has stopped polling for certain. A time in which polls were not noted does not
 * count. It is not the negation of `isPresent`: whether a user polls can be unknown.
 * @param since the result of `watchedSince`
 */
export const isAbsent = (idleMs: RawBuilder<number>, since: RawBuilder<unknown>) =>
  sql<boolean>`(${since} is not null and greatest(${lastSeen}, ${since}) <= ${now} - ${unseenMax(idleMs)})`;
