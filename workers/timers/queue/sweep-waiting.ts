/**
 * The sweep goes through all waiting entries in portions, from where the last run ended: users who do not poll are skipped, and
 * after `waitingGoneMs` their waiting ends. So an admission meets few of them, and no user waits for ever. A queue is left out while it gathers
 * for a draw, and for `waitingGoneMs` after it, because users did not have to poll before.
 */
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '../../../src/db/connection/orm.ts';
import { pipelined, rowsOf } from '../../../src/db/connection/pipeline.ts';
import { isAbsent, lastSeen, markGone, watchedSince } from '../../../src/db/queue-line.ts';
import { isGathering, justDrawn } from '../../../src/db/reads/queue/draws.ts';
import { checkedAfterwards, type Given, ms, statement } from '../../../src/db/statement.ts';
import { faultKind } from '../../batch/faults.ts';
import { recordEndedEntries } from '../../rows/webhook-events.ts';
import type { EndedWaiting } from './end-waiting.ts';

export interface SweepSettings {
  waitingIdleMs: number;
  /** After this time without a poll, waiting ends. */
  waitingGoneMs: number;
}

/** Entries that one transaction looks at: admissions skip their queues meanwhile. */
const PORTION = 2000;
/** So a run lasts less than a second, and a million entries take a hundred runs. */
const PORTIONS_MAX = 5;

const now = sql<Date>`statement_timestamp()`;

interface Place {
  queueId: number;
  number: number;
}

/** Where the sweep continues; nothing while polls are not noted. */
const readPlace = statement(
  'where the sweep is',
  () => sql<Place>`
    select swept_queue_id as "queueId", swept_number as number from presence_watch
    where id = 1 and ${watchedSince} is not null`,
);

const nextEntries = ({ queueId, number }: Given<Place>) => sql`
  select id, queue_id, number, seen_at, entered_at, seen_near_front, skipped_at from queue_entry
  where state = 'waiting' and (queue_id, number) > (${queueId}::smallint, ${number}::bigint)
  order by queue_id, number limit ${sql.lit(PORTION)}`;

interface Looking extends Place, SweepSettings {}

/** Conditions on a row of `queue_entry`: its waiting is to end, or it is to be skipped. */
const isGone = ({
  waitingGoneMs,
}: Given<SweepSettings>) => sql<boolean>`(${watchedSince} is not null
  and greatest(${lastSeen}, ${watchedSince}) <= ${now} - ${ms(waitingGoneMs)})`;
const isDue = (given: Given<SweepSettings>) => sql<boolean>`(${isGone(given)}
  or (skipped_at is null and ${isAbsent(given.waitingIdleMs, watchedSince)}))`;

/**
 * Locks the queues of entries that are due; usually there are none. In a statement of its own, so that the next one sees what was
 * committed before.
 */
const lockQueues = statement(
  'lock queues to sweep',
  (given: Given<Looking>) => sql<{ id: number }>`
    select id from waiting_queue
    where id = any(array(select distinct queue_id from (${nextEntries(given)}) next where ${isDue(given)}))
    order by id for no key update skip locked`,
);

interface Sweeping extends Looking {
  /** The locked queues. */
  queueIds: readonly number[];
}

interface Swept extends Place {
  ended: number;
  isLast: boolean;
}

const sweepPortion = statement(
  'sweep waiting entries',
  (given: Given<Sweeping>) => sql<Swept>`
    with next as materialized (${nextEntries(given)}
    ), open_queues as materialized (
      select id from waiting_queue
      where id = any(${given.queueIds}::int[]) and ${checkedAfterwards(sql`
        not ${isGathering} and id not in (${justDrawn(ms(given.waitingGoneMs))})`)}
    ), locked as materialized (
      select id, ${isGone(given)} as is_gone from queue_entry
      where id = any(array(
          select id from next where queue_id in (select id from open_queues) and ${isDue(given)}))
        and ${checkedAfterwards(sql`state = 'waiting' and ${isDue(given)}`)}
      order by id for update skip locked
    ), ended as (
      update queue_entry set state = 'ended', ended_at = ${now}, end_reason = 'away'
      where id = any(array(select id from locked where is_gone))
      returning *
    ), skipped as (
      update queue_entry set skipped_at = ${now}
      where id = any(array(select id from locked where not is_gone))
      returning queue_id, number
    ), out as materialized (
      select queue_id, number, 1 as ended from ended union all select queue_id, number, 0 from skipped
    ), noted as (
      update waiting_queue set removed = removed + counted.ended, line_version = line_version + 1
      from (select queue_id, sum(ended) as ended from out group by queue_id) counted
      where waiting_queue.id = counted.queue_id
      returning waiting_queue.id, line_version
    ), recorded as (${recordEndedEntries(sql`ended`)}
    ), marked as (${markGone(
      sql`(select queue_id, number, (select line_version from noted where id = queue_id) as version from out) numbers`,
      'system',
    )}
    ), reached as materialized (
      select count(*) < ${sql.lit(PORTION)} as is_last, max(queue_id) as queue_id,
        max(number) filter (where queue_id = (select max(queue_id) from next)) as number
      from next
    ), moved as (
      update presence_watch set swept_queue_id = case when is_last then 0 else reached.queue_id end,
        swept_number = case when is_last then 0 else reached.number end
      from reached where presence_watch.id = 1
    )
    select queue_id as "queueId", number, is_last as "isLast", (select count(*) from ended)::int as ended
    from reached`,
);

interface SweepDeps {
  orm: Database;
  settings: SweepSettings;
  /** Called after each transaction. */
  onEnded(ended: EndedWaiting): void;
  log: Logger;
}

/** One run of the sweep. @throws the first failure of a queue, after the others had their turn */
export async function sweepWaiting(deps: SweepDeps): Promise<void> {
  const { waitingIdleMs, waitingGoneMs } = deps.settings;
  const failures: unknown[] = [];
  let [place] = await rowsOf(deps.orm, readPlace({}));
  for (let portion = 0; place && portion < PORTIONS_MAX; portion += 1) {
    const from = { ...place, waitingIdleMs, waitingGoneMs };
    const swept = await sweepNext(deps, from, failures);
    place = swept?.isLast ? undefined : swept;
  }
  if (failures.length > 0) throw failures[0];
}

/** Sweeps the entries behind a place; where that fails for a row of one queue, each of their queues by itself. */
async function sweepNext(
  deps: SweepDeps,
  from: Looking,
  failures: unknown[],
): Promise<Swept | undefined> {
  let queueIds: number[] = [];
  try {
    return await sweep(deps, from, (locked) => {
      queueIds = locked;
      return locked;
    });
  } catch (error) {
    if (faultKind(error) !== 'faulty') throw error;
    for (const queueId of queueIds) {
      await sweep(deps, from, (locked) => locked.filter((id) => id === queueId)).catch((cause) => {
        if (faultKind(cause) !== 'faulty') throw cause;
        failures.push(cause);
        deps.log.error(
          { err: cause, queueId },
          'Users of a queue who do not poll could not be skipped or ended; they stay in the line, and the next sweep retries.',
        );
      });
    }
    return sweep(deps, from, () => []);
  }
}

/**
 * Sweeps the entries behind a place in one transaction, which moves the place on.
 * @param choose which of the locked queues are swept
 */
async function sweep(
  { orm, onEnded }: SweepDeps,
  from: Looking,
  choose: (queueIds: number[]) => number[],
): Promise<Swept | undefined> {
  const [swept] = await pipelined(orm, async (send) => {
    const locked = (await send(lockQueues(from))).map(({ id }) => id);
    return send(sweepPortion({ ...from, queueIds: choose(locked) }));
  });
  if (swept) onEnded({ reason: 'away', ended: swept.ended });
  return swept;
}
