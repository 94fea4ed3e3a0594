/**
 * Draws the order of those who wait, when a draw's time has come. The order is that of SHA-256 over
 * `SEED:TICKET`, where the ticket is the number that a place had until then. Everybody who waits gets a
 * new number above all old ones: first those drawn, then those who came after the opening, as they came.
 */
import { sql } from 'kysely';
import type { Send } from '../../src/db/connection/pipeline.ts';
import { recordDraw } from '../rows/webhook-events.ts';

/** To be called under the admission's lock, in its transaction. @returns how many places were drawn */
export async function drawIfDue(send: Send): Promise<number> {
  const [due] = await send(sql<{ concert_id: string }>`
    select concert_id from draw
    where drawn_at is null and opens_at <= statement_timestamp()
    order by opens_at, concert_id limit 1 for update`);
  const concertId = due?.concert_id;
  if (concertId === undefined) return 0;
  // In the order in which batches lock them: the places, then the row that numbers places.
  void send(sql`select count(*) from (
    select 1 from queue_entry where state = 'waiting' order by number for update) locked`);
  void send(sql`select 1 from waiting_queue for update`);
  const [row] = await send(sql<{ drawn: number }>`
    with ordered as (
      select number, opens_at > entered_at as is_drawn, row_number() over (
        order by entered_at >= opens_at,
          case when entered_at < opens_at then sha256(convert_to(seed || ':' || number, 'UTF8')) end,
          number) as place
      from queue_entry, draw where state = 'waiting' and concert_id = ${concertId}
    ), numbered as (
      update queue_entry set number = last_number + place,
        ticket = case when is_drawn then queue_entry.number end,
        drawn_for = case when is_drawn then ${concertId}::bigint end
      from ordered, waiting_queue where queue_entry.number = ordered.number
      returning is_drawn
    ), counted as (
      select count(*)::int as all_places, (count(*) filter (where is_drawn))::int as drawn from numbered
    ), noted as (
      update draw set drawn_at = statement_timestamp(), places = drawn, first_number = last_number + 1
      from counted, waiting_queue where concert_id = ${concertId} returning draw.*
    ), recorded as (${recordDraw(sql`noted`)}
    ), counting as (
      update waiting_queue set last_number = last_number + all_places, last_admitted = last_number
      from counted
    )
    select drawn from counted`);
  return row?.drawn ?? 0;
}
