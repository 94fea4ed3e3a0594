/**
 * How an admission looks along the line of a queue: it admits users who poll, in their order, and skips users who have stopped
 * polling, so that the next one does not read them again. Both leave the line in the transaction of the admission. A user of
 * whom it is not known whether they poll is passed over, and stays in the line.
 */
import { type RawBuilder, sql } from 'kysely';
import {
  isAbsent,
  isInLine,
  isPresent,
  markGone,
  watchedSince,
} from '../../../src/db/queue-line.ts';
import { justDrawn } from '../../../src/db/reads/queue/draws.ts';
import { FAR_UNSEEN_MS } from '../../../src/db/reads/queue/presence-times.ts';
import { checkedAfterwards, ms } from '../../../src/db/statement.ts';

/** An admission looks at so many users of a queue more than it has room for. */
export const LOOK_MAX = 1000;

const now = sql<Date>`statement_timestamp()`;

/** More than any number. */
const NO_END = sql.raw(String(2 ** 53));

/** After a draw all users of its queue count as present for one look: they did not have to poll while they gathered. */
const isOfDraw = sql<boolean>`rooms.id in (select queue_id from just_drawn)`;
const countsAsPresent = (idleMs: RawBuilder<number>) => sql`(${isPresent(idleMs)} or ${isOfDraw})`;

/** The users in the line of a queue among `rooms`, up to a number. @param limit how many; all if it is null */
const head = (
  columns: RawBuilder<unknown>,
  end: RawBuilder<unknown>,
  limit: RawBuilder<unknown>,
) => sql`
  select ${columns} from queue_entry
  where queue_id = rooms.id and ${isInLine} and number >= rooms.line_from and number <= ${end}
  order by number limit ${limit}`;

const LOOK = sql`rooms.room + ${sql.lit(LOOK_MAX)}`;

/**
 * The common table expressions after `rooms` (`id, line_from, room, is_large`) up to `decided`, with a row for each user that was
 * looked at: `is_chosen` and, if no user before them is locked, `is_admitted`; or `is_skipped`. The first look ends with the last
 * user to be chosen, so that where users poll, no user behind them is read. For minutes after polls were not noted, nothing is
 * known of users who have left. If they fill the look, the admission looks on without a limit, and skips no user there.
 * @param idleMs as of `isPresent`
 */
export const lookAlongLine = (idleMs: RawBuilder<number>) => {
  const isChosen = countsAsPresent(idleMs);
  const isGone = sql`not ${isOfDraw} and ${isAbsent(idleMs, sql`(select since from watched)`)}`;
  const judged = sql`number, ${isChosen} as is_chosen`;
  const lastOf = (limit: RawBuilder<unknown>) => sql`(
    select case when count(*) = rooms.room then max(number) else ${NO_END} end from (
      select number from (${head(judged, NO_END, limit)}) first
      where is_chosen order by number limit rooms.room
    ) chosen)`;
  const isMuchUnknown = sql`coalesce((
    select since > ${now} - (${idleMs} + ${sql.lit(FAR_UNSEEN_MS)}) * interval '1 ms' from watched), false)`;
  return sql`watched as materialized (
      select ${watchedSince} as since
    ), just_drawn as materialized (${justDrawn(ms(idleMs))}
    ), looks as materialized (
      select rooms.*, ${lastOf(LOOK)} as last from rooms
    ), blocks as materialized (
      select rooms.*, last = ${NO_END} and ${isMuchUnknown} and (
        select count(*) = ${LOOK} and not bool_or(is_absent) from (${head(sql`${isGone} as is_absent`, NO_END, LOOK)}) look
      ) as is_blocked
      from looks rooms
    ), ends as materialized (
      select id, line_from, room, is_large, is_blocked,
        case when is_blocked then ${lastOf(sql`null`)} else last end as last
      from blocks rooms
    ), looked_at as materialized (
      select rooms.id as queue_id, rooms.room, rooms.is_large, seen.* from ends rooms cross join lateral (${head(
        sql`id, ${judged}, not rooms.is_blocked and ${isGone} as is_absent`,
        sql`rooms.last`,
        sql`case when rooms.is_blocked then null else ${LOOK} end`,
      )}) seen
    ), locked as materialized (
      select id, number, ${isPresent(idleMs)} as is_present from queue_entry
      where id = any(array(select id from looked_at where is_chosen or is_absent))
        and ${checkedAfterwards(sql`state = 'waiting' and skipped_at is null`)}
      order by id
      for update skip locked
    ), decided as materialized (
      select *,
        is_chosen and bool_and(not is_chosen or (id, number) in (select id, number from locked))
          over (partition by queue_id order by number) as is_admitted,
        is_absent and (id, number) in (select id, number from locked where not is_present)
          as is_skipped
      from looked_at
    )`;
};

/** The common table expressions after `admitted`: users are skipped, and the line of each queue that has changed is noted. */
export const noteLine = sql`skipped as (
      update queue_entry set skipped_at = ${now}
      where id = any(array(select id from decided where is_skipped))
      returning queue_id, number
    ), noted as (
      update waiting_queue set removed = removed + left_line.admitted,
        last_admitted = greatest(last_admitted, left_line.last), line_version = line_version + 1,
        line_from = greatest(line_from, coalesce(left_line.first_left, left_line.last_seen + 1))
      from (
        select queue_id, count(*) filter (where is_admitted) as admitted,
          max(number) filter (where is_admitted) as last,
          min(number) filter (where not is_admitted and not is_skipped) as first_left,
          max(number) as last_seen
        from decided group by queue_id having bool_or(is_admitted or is_skipped)
      ) left_line
      where waiting_queue.id = left_line.queue_id
      returning waiting_queue.id, line_version
    ), marked as (${markGone(
      sql`(select queue_id, number, (select line_version from noted where id = queue_id) as version from (
        select queue_id, number from admitted union all select queue_id, number from skipped) left_line) numbers`,
      'system',
    )}
    )`;
