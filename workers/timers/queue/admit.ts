/**
 * Admission. To admit a user makes their queue entry active, which begins a session: the time in which the user can book and
 * pay. The user claims the session by the first request with its queue token. A session ends early if it is not claimed in
 * time, so that the next user can be admitted.
 *
 * An admission run first ends sessions that have expired or were not claimed in time, once a second. Then it admits waiting
 * users in the order of their numbers; users who have stopped polling are skipped (look-along-line.ts). In each queue, at most `admitLimit` users are admitted
 * within any window, and at most `maxActive` sessions are active. No user of a queue is admitted while its admission is paused,
 * a draw of it is gathering, or all seats are sold to which it admits.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../../src/db/connection/orm.ts';
import { pipelined } from '../../../src/db/connection/pipeline.ts';
import { isInLine } from '../../../src/db/queue-line.ts';
import { isGathering } from '../../../src/db/reads/queue/draws.ts';
import { soldOutQueues } from '../../../src/db/reads/stock.ts';
import { checkedAfterwards, type Given, ms, statement } from '../../../src/db/statement.ts';
import { recordAdmissions } from '../../rows/webhook-events.ts';
import { endSessions } from './end-sessions.ts';
import { LOOK_MAX, lookAlongLine, noteLine } from './look-along-line.ts';

/** Serializes admissions, so that each one counts the users admitted before it. */
export const ADMISSION_LOCK = 1_588_002_821;

/** Times in ms. Values that operators have set for a queue override the first three. */
export interface AdmissionSettings {
  /** How many users of a queue are admitted within any window of `admitWindowMs`. */
  admitLimit: number;
  admitWindowMs: number;
  /** How many sessions of a queue are active at most. */
  maxActive: number;
  /** How long a session lasts. */
  queueTokenMs: number;
  /** A waiting user who has not polled for this long is inactive, and is skipped. */
  waitingIdleMs: number;
  /** How long after the admission a session can be claimed. */
  claimMs: number;
}

/**
 * Users that one run admits of one queue at most, so that a queue with room for many does not keep the others waiting. A further
 * run admits the next ones.
 */
const AT_ONCE_MAX = 1000;

/** What a run has done in one queue. Queues that admitted nobody, and left nobody out, are missing. */
export interface Admitted {
  queueId: number;
  /** Number of admitted users. */
  count: number;
  /** The highest queue number among them; 0 if none was admitted. */
  lastNumber: number;
  /** Number of users who were skipped, because they have stopped polling. */
  skipped: number;
  /** Users may be left: the queue, their row, or that of somebody before them was locked, or they are too many. */
  isUnfinished: boolean;
}

/** What a run does. */
export interface AdmissionRun {
  /** Only these queues; null for all. */
  queueIds?: readonly number[] | null;
  /** Whether sessions that are over are ended first. That reads every active entry, so it is not for each run. */
  endsSessions?: boolean;
}

/**
 * Admits users who may be admitted now, of all queues in one transaction. It waits for no row: a queue that is locked, or the users
 * from the first locked entry on, are left to the next run, so that no user is overtaken and no queue waits for another.
 * @returns what was done in each queue, by id
 */
export async function admit(
  orm: Database,
  settings: AdmissionSettings,
  { queueIds = null, endsSessions = true }: AdmissionRun = {},
): Promise<Admitted[]> {
  return pipelined(orm, async (send) => {
    // The lock needs a separate statement, so that the next ones see what the previous admission committed.
    void send(takeAdmissionLock({}));
    if (endsSessions) void send(endSessions(settings.claimMs, queueIds));
    return send(admitWaiting({ ...settings, queueIds }));
  });
}

const takeAdmissionLock = statement(
  'take the admission lock',
  () => sql`select pg_advisory_xact_lock(${ADMISSION_LOCK})`,
);

const now = sql<Date>`statement_timestamp()`;

const isOpen = sql<boolean>`not is_paused`;

/** The queues with users in the line, unless they are paused or a draw is gathering. The entries decide, whatever is counted. */
const candidates = (given: Given<Admitting>) => sql`
  select id, line_version from waiting_queue
  where ${isOpen}
    and (${given.queueIds}::int[] is null or id = any(${given.queueIds}))
    and (select true from queue_entry
      where queue_id = waiting_queue.id and ${isInLine} and number >= line_from order by number limit 1)
    and not ${isGathering}`;

/** Those of them whose rows are not locked. */
const unlockedQueues = (given: Given<Admitting>) => sql`
  select id, line_version, line_from, coalesce(admit_limit, ${given.admitLimit}::int) as admit_limit,
    coalesce(admit_window_ms, ${given.admitWindowMs}::int) as window_ms,
    coalesce(max_active, ${given.maxActive}::int) as max_active
  from waiting_queue
  where id = any(array(select id from candidates)) and ${checkedAfterwards(isOpen)}
  order by id
  for no key update skip locked`;

/**
 * How many users a limit of a queue still admits: what its entries of this kind leave of it, or the whole limit if all who ever
 * entered the queue fit into that. Then no run reads the entries to count them.
 */
const roomOf = (limit: RawBuilder<number>, kind: RawBuilder<boolean>) => sql<number>`
  ${limit} - case when last_number <= ${limit} then 0
    else (select count(*) from queue_entry where queue_id = queue.id and ${kind}) end`;

type Admitting = Omit<AdmissionSettings, 'claimMs'> & { queueIds: readonly number[] | null };

/**
 * `in (select …)` makes PostgreSQL look rows of one list up in another by a hash table; a join of the two would compare each
 * with each, because the connections have no hash joins (docs/decisions/0054). A queue whose line has changed since this
 * statement began is left to the next run: a user may have returned to the line whom this statement does not see. An entry
 * whose number a draw has changed since it was read counts as locked.
 */
const admitWaiting = statement(
  'admit',
  (given: Given<Admitting>) => sql<Admitted>`
    with candidates as materialized (${candidates(given)}
    ), unlocked as materialized (${unlockedQueues(given)}
    ), due as materialized (
      select *, (select last_number from queue_numbering where queue_id = unlocked.id)
      from unlocked where (id, line_version) in (select id, line_version from candidates)
    ), sold_out as materialized (${soldOutQueues}
    ), rates as materialized (
      select queue.*, ${roomOf(sql`admit_limit`, sql`admitted_at > ${now} - window_ms * interval '1 ms'`)} as rate_room
      from due queue
    ), ceilings as materialized (
      select id, line_from, least(rate_room, ${roomOf(sql`max_active`, sql`state = 'active'`)}) as room
      from rates queue where rate_room > 0
    ), rooms as materialized (
      select id, line_from, least(room, ${sql.lit(AT_ONCE_MAX)}) as room, room > ${sql.lit(AT_ONCE_MAX)} as is_large
      from ceilings where room > 0 and id not in (select queue_id from sold_out)
    ), ${lookAlongLine(given.waitingIdleMs)}, admitted as (
      update queue_entry set state = 'active', admitted_at = ${now},
        expires_at = ${now} + ${ms(given.queueTokenMs)},
        booking_until = ${now} + ${ms(given.queueTokenMs)}
      where id = any(array(select id from decided where is_admitted))
      returning *
    ), recorded as (${recordAdmissions(sql`admitted`)}
    ), ${noteLine}
    select queue_id as "queueId", (count(*) filter (where is_admitted))::int as count,
      coalesce(max(number) filter (where is_admitted), 0) as "lastNumber",
      (count(*) filter (where is_skipped))::int as skipped,
      bool_or(is_chosen and not is_admitted)
        or (bool_and(is_large) and count(*) filter (where is_chosen) = ${sql.lit(AT_ONCE_MAX)})
        or (bool_or(is_skipped) and count(*) = max(room) + ${sql.lit(LOOK_MAX)}) as "isUnfinished"
    from decided group by queue_id having bool_or(is_chosen or is_skipped)
    union all
    select id, 0, 0, 0, true from candidates where id not in (select id from due)
    order by 1`,
);
