/** Loads draws: those of concerts, which operators change, and those of the same queues, which their times must not overlap. */
import { sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { db, unprepared } from '../../../src/db/statement.ts';
import { idsIn, type Needing } from '../needing.ts';
import type { Rows } from '../rows.ts';

const draws = db
  .selectFrom('draw')
  .select(['id', 'concert_id as concertId', 'queue_id as queueId', 'seed'])
  .select(['seed_hash as seedHash', 'created_at as createdAt', 'drawn_at as drawnAt'])
  .select(['gathers_at as gathersAt', 'opens_at as opensAt'])
  .select(['cancelled_at as cancelledAt', 'closed_at as closedAt'])
  // The time of the batch is that before it waited for locks.
  .select(sql<boolean>`gathers_at <= statement_timestamp()`.as('hasBegun'));

/**
 * A transaction that announces, moves or cancels a draw has locked its concert. The rows are locked too, against the timer that closes a
 * draw. A draw that is closed does not change any more, and its timer may hold its row for long, so it is only read: after the
 * lock, so that a draw is read as closed if it was closed meanwhile. The draws beside them are not locked either: their
 * times and queues change only in batches that hold an advisory lock, which this batch has taken before.
 */
export async function loadDraws(send: Send, rows: Rows, batch: readonly Needing[]): Promise<void> {
  const ofConcerts = idsIn(batch, ({ draws: needed }) => needed?.concertIds);
  const besideConcerts = idsIn(batch, ({ draws: needed }) =>
    needed?.withOthersOfQueues ? needed.concertIds : undefined,
  );
  if (ofConcerts.length === 0) return;
  const own = draws.where('concert_id', 'in', ofConcerts);
  const open = db.selectFrom('draw').select('id').where('concert_id', 'in', ofConcerts);
  void send(unprepared(open.where('closed_at', 'is', null).orderBy('id').forNoKeyUpdate()));
  const reading = besideConcerts.length > 0 ? send(unprepared(drawsBeside(besideConcerts))) : [];
  const readingOwn = send(unprepared(own));
  for (const draw of await reading) rows.draws.load(draw);
  for (const draw of await readingOwn) rows.draws.load(draw);
}

/** All draws that are not held yet of each queue that admits to one of these concerts, or in which one has a draw. */
function drawsBeside(concertIds: readonly number[]) {
  // A draw that gathered stayed in its queue when its concert got another one.
  const queuesOfDraws = db
    .selectFrom('draw')
    .select('queue_id as queueId')
    .where('concert_id', 'in', concertIds)
    .where('cancelled_at', 'is', null);
  const queues = db
    .selectFrom('concert')
    .select('queue_id as queueId')
    .where('id', 'in', concertIds)
    .union(queuesOfDraws);
  return draws
    .where('queue_id', 'in', queues)
    .where('drawn_at', 'is', null)
    .where('cancelled_at', 'is', null);
}
