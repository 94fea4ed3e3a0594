/**
 * Draws the order of the waiting users of a queue when a draw is due. Entries are ordered by SHA-256 over `SEED:TICKET`, where
 * the ticket is the number that the entry had before the draw. Every waiting entry gets a new number above all old ones:
 * first the drawn entries, then those that entered after the opening, in order of entry.
 */
import { sql } from 'kysely';
import type { Database } from '../../../src/db/connection/orm.ts';
import { pipelined } from '../../../src/db/connection/pipeline.ts';
import { markGone } from '../../../src/db/queue-line.ts';
import { db, statement, unprepared } from '../../../src/db/statement.ts';
import { recordDraw } from '../../rows/webhook-events.ts';

const dueDraw = statement('the draw that is due', () =>
  db
    .selectFrom('draw')
    .select(['id', 'queue_id as queueId'])
    .where('drawn_at', 'is', null)
    .where('opens_at', '<=', sql<Date>`statement_timestamp()`)
    .orderBy('opens_at')
    .orderBy('id')
    .limit(sql.lit(1))
    .forUpdate()
    .skipLocked(),
);

/**
 * Holds the draw that is due. No user of its queue is admitted until then, because it has been gathering; other queues go on.
 * @returns the queue, and how many of its entries were drawn; undefined if no draw is due
 */
export async function drawIfDue(
  orm: Database,
): Promise<{ queueId: number; drawn: number } | undefined> {
  return pipelined(orm, async (send) => {
    const [due] = await send(dueDraw({}));
    if (!due) return undefined;
    const { id, queueId } = due;
    // Batches lock rows in this order: the entries, then the numbering.
    const waiting = db
      .selectFrom('queue_entry')
      .select('id')
      .where('queue_id', '=', queueId)
      .where('state', '=', sql.lit('waiting'));
    const locked = waiting.orderBy('id').forUpdate().as('locked');
    void send(unprepared(db.selectFrom(locked).select(sql`count(*)`.as('entries'))));
    const numbering = db.selectFrom('queue_numbering').select('queue_id');
    void send(unprepared(numbering.where('queue_id', '=', queueId).forNoKeyUpdate()));
    const [row] = await send(unprepared(renumber({ id, queueId })));
    return { queueId, drawn: row?.drawn ?? 0 };
  });
}

const renumber = ({ id, queueId }: { id: number; queueId: number }) => sql<{ drawn: number }>`
  with ordered as (
    select queue_entry.id, queue_entry.queue_id, number as old_number, opens_at > entered_at as is_drawn, row_number() over (
      order by entered_at >= opens_at,
        case when entered_at < opens_at then sha256(convert_to(seed || ':' || number, 'UTF8')) end,
        number) as position
    from queue_entry, draw where state = 'waiting' and queue_entry.queue_id = ${queueId} and draw.id = ${id}
  ), numbered as (
    update queue_entry set number = last_number + position,
      skipped_at = null, seen_at = statement_timestamp(),
      ticket = case when is_drawn then queue_entry.number end,
      draw_id = case when is_drawn then ${id}::bigint end
    from ordered, queue_numbering
    where queue_entry.id = ordered.id and queue_numbering.queue_id = ${queueId}
    returning is_drawn
  ), counted as (
    select count(*)::int as all_entries, (count(*) filter (where is_drawn))::int as drawn from numbered
  ), noted as (
    update draw set drawn_at = statement_timestamp(), places = drawn, first_number = last_number + 1
    from counted, queue_numbering
    where draw.id = ${id} and queue_numbering.queue_id = ${queueId} returning draw.*
  ), recorded as (${recordDraw(sql`noted`)}
  ), reached as (
    update waiting_queue set last_admitted = last_number, line_version = line_version + 1
    from counted, queue_numbering where waiting_queue.id = ${queueId} and queue_id = waiting_queue.id
    returning line_version
  ), marked as (${markGone(
    sql`(select queue_id, old_number as number, (select line_version from reached) as version from ordered) moved`,
    'system',
  )}
  ), counting as (
    update queue_numbering set last_number = last_number + all_entries
    from counted where queue_id = ${queueId}
  )
  select drawn from counted`;
