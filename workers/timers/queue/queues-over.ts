/**
 * Ends the waiting in queues that have nothing to sell any more: all is sold, or the last sale has closed. A refund or a new
 * schedule can change that, so it must have been so for ten seconds, and is looked at again before each portion.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '../../../src/db/connection/orm.ts';
import { pipelined, rowsOf } from '../../../src/db/connection/pipeline.ts';
import { markGone } from '../../../src/db/queue-line.ts';
import { salesAhead } from '../../../src/db/reads/stock.ts';
import { checkedAfterwards, type Given, statement } from '../../../src/db/statement.ts';
import { faultKind } from '../../batch/faults.ts';
import { recordEndedEntries } from '../../rows/webhook-events.ts';
import type { EndedWaiting } from './end-waiting.ts';

/** Entries that one transaction ends: admissions skip the queue meanwhile. */
const PORTION = 2000;
/** Portions of a queue in one run, so that other queues have their turn. */
const PORTIONS_MAX = 20;

const now = sql<Date>`statement_timestamp()`;

/** A condition on a row of `waiting_queue`: it has been over for long enough. */
const isOverLongEnough = sql<boolean>`over_since <= ${now} - interval '10 seconds'`;

/**
 * Why a queue is over, or null, as an expression on a row of `waiting_queue`. While operators pause the admission, a queue does
 * not count as sold out. The places of a draw that is not held yet stay.
 * @param sales the result of `salesAhead`
 */
const reasonOf = (sales: RawBuilder<unknown>) => sql`case
  when (select true from draw where draw.queue_id = waiting_queue.id and drawn_at is null
    and ${checkedAfterwards(sql`cancelled_at is null`)} limit 1) then null
  when waiting_queue.id in (select queue_id from ${sales} where is_sold_out) then
    case when not is_paused then 'sold-out' end
  when waiting_queue.id not in (select queue_id from ${sales}) and (
    select true from concert cross join lateral (
      select true from schedule where concert_id = concert.id limit 1) had_sale
    where concert.queue_id = waiting_queue.id limit 1) then 'closed' end`;

/** Queues without waiting users are only looked at to forget that they were over. */
const noteOver = statement(
  'note queues that are over',
  () => sql`
    with sales as materialized (${salesAhead}
    ), judged as materialized (
      select waiting_queue.id, over_reason, case
        when added - numbering.removed - waiting_queue.removed > 0 then ${reasonOf(sql`sales`)} end as reason
      from waiting_queue join queue_numbering numbering on numbering.queue_id = waiting_queue.id
      where over_since is not null or added - numbering.removed - waiting_queue.removed > 0
    ), changed as materialized (
      select id from waiting_queue
      where id = any(array(select id from judged where reason is distinct from over_reason))
      order by id for no key update skip locked
    )
    update waiting_queue set
      over_reason = (select reason from judged where judged.id = waiting_queue.id),
      over_since = (select case when reason is null then null else ${now} end from judged where judged.id = waiting_queue.id)
    where id = any(array(select id from changed))`,
);

const overQueues = statement(
  'queues that are over',
  () => sql<{ id: number }>`select id from waiting_queue where ${isOverLongEnough} order by id`,
);

interface OfQueue {
  queueId: number;
}

/** In a statement of its own, so that the next one sees what was committed before. */
const lockQueue = statement(
  'lock a queue that is over',
  ({ queueId }: Given<OfQueue>) => sql<{ id: number }>`
    select id from waiting_queue where id = ${queueId} and ${checkedAfterwards(isOverLongEnough)}
    for no key update skip locked`,
);

interface Portion extends EndedWaiting {
  /** Entries that were looked at; those that a batch has locked are left to the next run. */
  looked: number;
  last: number | null;
}

const endPortion = statement(
  'end waiting in a queue',
  ({ queueId, after }: Given<OfQueue & { after: number }>) => sql<Portion>`
    with sales as materialized (${salesAhead}
    ), over as materialized (
      select id, over_reason from waiting_queue
      where id = ${queueId} and ${checkedAfterwards(sql`over_reason = ${reasonOf(sql`sales`)}`)}
    ), next as materialized (
      select id, number from queue_entry
      where queue_id = (select id from over) and state = 'waiting' and number > ${after}
      order by number limit ${sql.lit(PORTION)}
    ), locked as materialized (
      select id from queue_entry
      where id = any(array(select id from next)) and ${checkedAfterwards(sql`state = 'waiting'`)}
      order by id for update skip locked
    ), ended as (
      update queue_entry set state = 'ended', ended_at = ${now}, end_reason = (select over_reason from over)
      where id = any(array(select id from locked))
      returning *
    ), noted as (
      update waiting_queue set removed = removed + counted.ended, line_version = line_version + 1
      from (select count(*) as ended from ended) counted
      where waiting_queue.id = ${queueId} and counted.ended > 0
      returning line_version
    ), recorded as (${recordEndedEntries(sql`ended`)}
    ), marked as (${markGone(
      sql`(select queue_id, number, (select line_version from noted) as version from ended) numbers`,
      'system',
    )}
    )
    select over_reason as reason, (select count(*) from ended)::int as ended,
      (select count(*) from next)::int as looked, (select max(number) from next) as last
    from over`,
);

/** @returns undefined if the queue is locked or not over any more */
async function endNext(
  orm: Database,
  given: { queueId: number; after: number },
): Promise<Portion | undefined> {
  return pipelined(orm, async (send) => {
    const [locked] = await send(lockQueue({ queueId: given.queueId }));
    return locked ? (await send(endPortion(given)))[0] : undefined;
  });
}

/**
 * Notes which queues are over, and ends the waiting in those that have been for ten seconds.
 * @param onEnded called after each portion
 * @throws the first failure, after the others had their turn
 */
export async function endOverQueues(
  orm: Database,
  { onEnded, log }: { onEnded(ended: EndedWaiting): void; log: Logger },
): Promise<void> {
  await rowsOf(orm, noteOver({}));
  const failures: unknown[] = [];
  for (const { id: queueId } of await rowsOf(orm, overQueues({}))) {
    await endQueue(orm, queueId, onEnded).catch((error) => {
      if (faultKind(error) === 'away') throw error;
      failures.push(error);
      log.error(
        { err: error, queueId },
        'The waiting in a queue that is over could not be ended; the next run retries.',
      );
    });
  }
  if (failures.length > 0) throw failures[0];
}

async function endQueue(
  orm: Database,
  queueId: number,
  onEnded: (ended: EndedWaiting) => void,
): Promise<void> {
  let after = 0;
  for (let portion = 0; portion < PORTIONS_MAX; portion += 1) {
    const made = await endNext(orm, { queueId, after });
    if (!made) return;
    onEnded({ reason: made.reason, ended: made.ended });
    if (made.looked < PORTION) return;
    after = made.last ?? after;
  }
}
