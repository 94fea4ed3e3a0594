/**
 * Brings users back to the line of their queue who were skipped and poll again. A queue whose row is locked for long, for example
 * by an operator's transaction, is left to later polls of its users, so that it holds up neither other queues nor the notes of polls.
 */
import { sql } from 'kysely';
import { isLockTimeout } from '../runtime/service-errors.ts';
import type { Database } from './connection/orm.ts';
import { pipelined } from './connection/pipeline.ts';
import { markReturned } from './queue-line.ts';
import { anyOf, checkedAfterwards, db, type Given, rareStatement, statement } from './statement.ts';

/** A waiting entry whose user has been skipped and polls again. */
export interface ReturnedEntry {
  id: number;
  queueId: number;
}

/** Admissions lock their queues again and again, so it is worth waiting for them. */
const LOCK_TIMEOUT = '200ms';

interface Ids {
  ids: readonly number[];
}

interface Queues {
  queueIds: readonly number[];
}

const setLockTimeout = rareStatement(
  () => sql<object>`select set_config('lock_timeout', ${sql.lit(LOCK_TIMEOUT)}, true)`,
);

const queuesOf = ({ queueIds }: Given<Queues>) =>
  db
    .selectFrom('waiting_queue')
    .select('id')
    .where('id', '=', anyOf(queueIds))
    .orderBy('id')
    .forNoKeyUpdate();

/** First and in a statement of its own, so that the next one sees what admissions have committed. */
const lockQueues = statement('lock queues of users who return', (given: Given<Queues>) =>
  queuesOf(given),
);
const lockFreeQueues = rareStatement((given: Given<Queues>) => queuesOf(given).skipLocked());

/** The number stays, so the user is again before all later ones. The version tells a running admission that its look is outdated. */
const returnToLine = statement(
  'return users to the line',
  ({ ids, queueIds }: Given<Ids & Queues>) => sql<{ id: number }>`
    with back as (
      update queue_entry set skipped_at = null, seen_at = statement_timestamp(), seen_near_front = false
      where id in (
        select id from queue_entry where id = any(${ids}::bigint[])
          and ${checkedAfterwards(sql`state = 'waiting' and skipped_at is not null`)}
          and queue_id = any(${queueIds}::int[])
        order by id for update skip locked)
      returning id, queue_id, number
    ), lowered as (
      update waiting_queue set line_version = line_version + 1, line_from = least(line_from, lowest.number)
      from (select queue_id, min(number) as number from back group by queue_id) lowest
      where waiting_queue.id = lowest.queue_id
      returning waiting_queue.id, line_version
    ), noted as (${markReturned(sql`(
      select queue_id, number, (select line_version from lowered where id = queue_id) as version from back
    ) numbers`)})
    select id from back`,
);

/**
 * Returns users to the line. Those whose row or queue is locked must be given again.
 * @throws the error of PostgreSQL or the connection
 */
export async function bringBack(orm: Database, returned: readonly ReturnedEntry[]): Promise<void> {
  if (returned.length === 0) return;
  const ids = returned.map(({ id }) => id);
  const queueIds = [...new Set(returned.map(({ queueId }) => queueId))];
  try {
    await pipelined(orm, async (send) => {
      void send(setLockTimeout({}));
      void send(lockQueues({ queueIds }));
      void send(returnToLine({ ids, queueIds }));
    });
  } catch (error) {
    if (!isLockTimeout(error)) throw error;
    await pipelined(orm, async (send) => {
      const free = (await send(lockFreeQueues({ queueIds }))).map(({ id }) => id);
      void send(returnToLine({ ids, queueIds: free }));
    });
  }
}
