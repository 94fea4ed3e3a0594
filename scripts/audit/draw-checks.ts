/** The invariants of draws and their places. Those of older versions have no hash of the tickets, and may lack places. */
import type { Check } from './check.ts';

/** As in src/domain/queue-entries.ts: ids of entries of one queue are that far from those of the next. */
const NUMBERS_PER_QUEUE = '68719476736::bigint';

const sha256 = (text: string) => `sha256(convert_to(${text}, 'UTF8'))`;
const hex = (text: string) => `encode(${sha256(text)}, 'hex')`;

/** Draws that are held, with all that was published. */
const held = `select draw.* from draw where drawn_at is not null and tickets_hash is not null`;

/** The draws of which users are waiting, or will be. */
const open = `select * from draw where drawn_at is null and cancelled_at is null`;

export const drawChecks: readonly Check[] = [
  {
    // Version 0.2.0 announced draws that overlap.
    promise: 'Draws of a queue that are not held follow each other',
    counted: `select count(*) from (${open}) draw`,
    wrong: `
      select format('draw %s gathers from %s to %s, and draw %s of queue %s from %s to %s', one.id, one.gathers_at, one.opens_at,
        other.id, other.queue_id, other.gathers_at, other.opens_at)
      from (${open}) one join (${open}) other on other.queue_id = one.queue_id and other.id > one.id
        and one.gathers_at < other.opens_at and other.gathers_at < one.opens_at
      where not (one.draws_all_waiting and other.draws_all_waiting)`,
  },
  {
    promise: 'A draw has kept the place of every entry that took part, and no others',
    counted: `select count(*) from draw_place`,
    wrong: `
      select format('draw %s has %s places from %s to %s, and not %s from %s on', id, count(draw_place.number),
        min(draw_place.number), max(draw_place.number), places, first_number)
      from (${held}) draw left join draw_place on draw_id = draw.id
      group by id, places, first_number
      having count(draw_place.number) <> places or count(distinct ticket) <> places
        or (places > 0 and (min(draw_place.number) <> first_number or max(draw_place.number) <> first_number + places - 1))
      union all
      select format('place %s is of draw %s, which does not exist', number, draw_id) from draw_place
      where draw_id not in (select id from draw where closed_at is not null or drawn_at is not null)`,
  },
  {
    promise: 'The order of a draw follows from its seed and the tickets of its entries',
    counted: `select count(*) from draw where drawn_at is not null`,
    wrong: `
      select format('draw %s does not match its published hashes', id) from draw
      where drawn_at is not null and (seed_hash <> ${hex('seed')} or tickets_hash <> ${hex(`(
        select coalesce(string_agg(ticket::text, ',' order by ticket), '') from draw_place where draw_id = draw.id)`)})
      union all
      select format('draw %s gave number %s to ticket %s, which is at place %s', draw_id, number, ticket, expected) from (
        select draw_id, number, ticket, row_number() over (partition by draw_id order by number) as place,
          row_number() over (partition by draw_id order by
            ${sha256(`coalesce(${hex(`seed || ':' || tickets_hash`)}, seed) || ':' || ticket`)}, ticket) as expected
        from draw join draw_place on draw_id = draw.id where drawn_at is not null) ranked
      where place <> expected`,
  },
  {
    promise: 'An entry that was drawn keeps its number',
    counted: `select count(*) from queue_entry where draw_id is not null`,
    wrong: `
      select format('entry %s has number %s of draw %s, and no such place', id, number, draw_id) from queue_entry
      where draw_id is not null and not exists (select from draw_place
        where draw_place.draw_id = queue_entry.draw_id and draw_place.number = queue_entry.number
          and draw_place.ticket = queue_entry.ticket)`,
  },
  {
    promise: 'Behind the drawn entries come only those added after the opening of their draw',
    counted: `select count(*) from draw where drawn_at is not null`,
    wrong: `
      select format('entry %s has number %s, which draw %s has reserved for others', queue_entry.id, number, draw.id)
      from (${held}) draw join queue_entry on queue_entry.queue_id = draw.queue_id
        and number between first_number and first_number + reserved - 1
      where draw_id is distinct from draw.id and (number < first_number + places
        or coalesce(accepted_at, entered_at) < opens_at
        or queue_entry.id - (queue_entry.queue_id - 1) * ${NUMBERS_PER_QUEUE} >= first_number)
      union all
      select format('entry %s still has number %s, although draw %s was held after it', queue_entry.id, number, draw.id)
      from (${held}) draw join queue_entry on queue_entry.queue_id = draw.queue_id and number < first_number
      where state = 'waiting' and draw_id is null
        and coalesce(accepted_at, entered_at) >= opens_at`,
  },
];
