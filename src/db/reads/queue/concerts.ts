/** Reads which queue admits to a concert or schedule, and which concerts a queue admits to. */
import { sql } from 'kysely';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { db, type Given, rareStatement } from '../../statement.ts';

/** What a request is about. */
export type OnSale = { concertId: number } | { scheduleId: number };

/** Not prepared, because API processes remember the answers. */
const queueOfConcert = rareStatement(({ id }: Given<{ id: number }>) =>
  db.selectFrom('concert').select('queue_id as queueId').where('id', '=', id),
);
const queueOfSchedule = rareStatement(({ id }: Given<{ id: number }>) =>
  db
    .selectFrom('schedule')
    .innerJoin('concert', 'concert.id', 'concert_id')
    .select('queue_id as queueId')
    .where('schedule.id', '=', id),
);

/** @returns the id of the queue; undefined if the concert or schedule does not exist */
export async function findQueueOf(orm: Database, what: OnSale): Promise<number | undefined> {
  const found =
    'concertId' in what
      ? queueOfConcert({ id: what.concertId })
      : queueOfSchedule({ id: what.scheduleId });
  return (await rowsOf(orm, found))[0]?.queueId;
}

/** The house queue can serve any number of concerts. */
const CONCERTS_SHOWN_MAX = 1000;

const concertsOf = rareStatement(
  ({ queueIds }: Given<{ queueIds: readonly number[] }>) => sql<{
    queueId: number;
    concertIds: number[];
  }>`
    select queue_id as "queueId", array(
      select id from concert where concert.queue_id = asked.queue_id
      order by id desc limit ${sql.lit(CONCERTS_SHOWN_MAX)}
    ) as "concertIds"
    from unnest(${queueIds}::int[]) as asked(queue_id)`,
);

/** The newest thousand concerts of each queue, in the order of their ids. */
export async function readConcertsOf(
  orm: Database,
  queueIds: readonly number[],
): Promise<Map<number, number[]>> {
  const rows = await rowsOf(orm, concertsOf({ queueIds }));
  return new Map(
    rows.map(({ queueId, concertIds }) => [queueId, concertIds.map(Number).toReversed()]),
  );
}
