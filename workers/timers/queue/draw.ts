/**
 * Draws the order of the waiting users when a draw is due. Entries are ordered by SHA-256 over `SEED:TICKET`, where the
 * ticket is the number that the entry had before the draw. Every waiting entry gets a new number above all old ones:
 * first the drawn entries, then those that entered after the opening, in order of entry.
 */
import { sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { db, statement, unprepared } from '../../../src/db/statement.ts';
import { recordDraw } from '../../rows/webhook-events.ts';

const dueDraw = statement('the draw that is due', () =>
  db
    .selectFrom('draw')
    .select('concert_id as concertId')
    .where('drawn_at', 'is', null)
    .where('opens_at', '<=', sql<Date>`statement_timestamp()`)
    .orderBy('opens_at')
    .orderBy('concert_id')
    .limit(sql.lit(1))
    .forUpdate(),
);

/** Must run in the transaction of an admission, under its lock. @returns how many entries were drawn */
export async function drawIfDue(send: Send): Promise<number> {
  const [due] = await send(dueDraw({}));
  if (!due) return 0;
  const { concertId } = due;
  // Batches lock rows in this order: the entries, then the row of `waiting_queue`.
  const waiting = db.selectFrom('queue_entry').select('number').where('state', '=', 'waiting');
  const locked = waiting.orderBy('number').forUpdate().as('locked');
  void send(unprepared(db.selectFrom(locked).select(sql`count(*)`.as('entries'))));
  void send(unprepared(db.selectFrom('waiting_queue').select('id').forUpdate()));
  const [row] = await send(
    unprepared(sql<{ drawn: number }>`
    with ordered as (
      select number, opens_at > entered_at as is_drawn, row_number() over (
        order by entered_at >= opens_at,
          case when entered_at < opens_at then sha256(convert_to(seed || ':' || number, 'UTF8')) end,
          number) as position
      from queue_entry, draw where state = 'waiting' and concert_id = ${concertId}
    ), numbered as (
      update queue_entry set number = last_number + position,
        ticket = case when is_drawn then queue_entry.number end,
        drawn_for = case when is_drawn then ${concertId}::bigint end
      from ordered, waiting_queue where queue_entry.number = ordered.number
      returning is_drawn
    ), counted as (
      select count(*)::int as all_entries, (count(*) filter (where is_drawn))::int as drawn from numbered
    ), noted as (
      update draw set drawn_at = statement_timestamp(), places = drawn, first_number = last_number + 1
      from counted, waiting_queue where concert_id = ${concertId} returning draw.*
    ), recorded as (${recordDraw(sql`noted`)}
    ), counting as (
      update waiting_queue set last_number = last_number + all_entries, last_admitted = last_number
      from counted
    )
    select drawn from counted`),
  );
  return row?.drawn ?? 0;
}
