/**
 * Ranks a closed draw: writes down who takes part, in the order that follows from the seed and their tickets. The ticket is the number
 * that the entry had at first. It is one statement, so that all of it is read at one moment, and it locks nothing that others need. It
 * takes 2 to 4 s for 100,000 entries, and more than ten times that for a million. A worker that ends meanwhile leaves nothing behind,
 * and another one ranks anew.
 *
 *     tickets hash = SHA-256 of all tickets in ascending order, joined by commas
 *     mixed        = SHA-256 of SEED:TICKETS_HASH
 *     key          = SHA-256 of MIXED:TICKET; the order is that of the keys
 *
 * All hashes are taken of texts in UTF-8, and are themselves written in hex.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../../../src/db/connection/orm.ts';
import { pipelined } from '../../../../src/db/connection/pipeline.ts';
import { checkedAfterwards, unprepared } from '../../../../src/db/statement.ts';
import { type DueDraw, idBase, lockDraw } from './due-draws.ts';

/** For sorting the places of a draw, in this transaction only. */
const SORT_MEMORY = sql`set local work_mem = '64MB'`;

const sha256 = (text: RawBuilder<unknown>) => sql`sha256(convert_to(${text}, 'UTF8'))`;

/** The entries that no draw has drawn, of those that were added before this draw closed. */
const undrawn = ({ queueId }: DueDraw, where: RawBuilder<boolean>) => sql`
    select id - ${idBase(queueId)}::bigint as ticket, state, coalesce(accepted_at, entered_at) as at
    from queue_entry
    where ${where} and ${checkedAfterwards(sql`draw_id is null and admitted_at is null
      and id > ${idBase(queueId)} and id < ${idBase(queueId)} + (select first_number from drawing)`)}`;

/**
 * Users who left by a request accepted before `opens_at` do not take part. Users who left later do, so that no user can change
 * the order by leaving; the number stays unused. Entries of older versions have no time of acceptance. Each part of `undrawn` is
 * read by an index, so that the entries which ended before cost nothing.
 */
const rank = (draw: DueDraw) => sql<{ places: number }>`
  with drawing as materialized (select * from draw where id = ${draw.id} and places is null
  ), undrawn as materialized (
    ${undrawn(
      draw,
      sql`state = 'waiting' and queue_id = (select queue_id from drawing)
        and number < (select first_number from drawing)`,
    )}
    union all
    ${undrawn(draw, sql`state = 'ended' and ended_at >= (select opens_at from drawing)`)}
  ), gathered as materialized (
    select ticket from undrawn cross join drawing
    where (draws_all_waiting or at >= gathers_at) and at < opens_at
  ), sealed as materialized (
    select count(*)::int as places,
      encode(${sha256(sql`coalesce(string_agg(ticket::text, ',' order by ticket), '')`)}, 'hex') as tickets_hash
    from gathered
  ), mixed as materialized (
    select first_number, encode(${sha256(sql`seed || ':' || sealed.tickets_hash`)}, 'hex') as mixed
    from drawing cross join sealed
  ), placed as (
    insert into draw_place (draw_id, number, ticket)
    select ${draw.id}::bigint, first_number - 1 + row_number() over (order by ${sha256(sql`mixed || ':' || ticket`)}, ticket), ticket
    from mixed cross join gathered
  )
  update draw set places = sealed.places, tickets_hash = sealed.tickets_hash,
    given_number = draw.first_number - 1 + sealed.places,
    assign_from = (select min(ticket) from gathered),
    late_from = (
      select min(ticket) + ${idBase(draw.queueId)}::bigint from undrawn cross join drawing
      where state = 'waiting' and at >= opens_at)
  from sealed, drawing where draw.id = drawing.id
  returning draw.places`;

/** @returns whether the draw was ranked */
export async function rankDraw(orm: Database, draw: DueDraw): Promise<boolean> {
  return pipelined(orm, async (send) => {
    if (!(await lockDraw(send, draw))) return false;
    void send(unprepared(SORT_MEMORY));
    return (await send(unprepared(rank(draw)))).length > 0;
  });
}
