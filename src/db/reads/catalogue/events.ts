/** Reads what is on: the concerts with a performance to come, by their next one. */
import { type RawBuilder, sql } from 'kysely';
import type { Concert } from '../../../commands/schemas/resources.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { checkedAfterwards, type Given, statement } from '../../statement.ts';
import { isOnSale, isSaleAhead } from '../on-sale.ts';
import { START, type TimeKey, timeFrom, timeOf } from '../time-key.ts';
import { type ConcertColumns, toConcert } from './concerts.ts';

/** A concert with a performance to come. */
export interface SaleEvent {
  concert: Concert;
  nextStartAt: string;
  /** How many performances are to come. */
  dates: number;
  /** In points; null if no place has a price. */
  priceFrom: number | null;
  priceTo: number | null;
  saleStartAt: string;
  saleState: 'upcoming' | 'open' | 'ended';
  how: 'queue' | 'draw';
  /** When a draw of the concert is held, or one of another concert that stops the admission of their queue now. */
  drawAt: string | null;
}

/** An event with its sort key, the start of its next performance in µs since 1970. */
export interface EventRow extends SaleEvent {
  nextStartAtUs: number;
}

interface EventPage {
  /** A pattern of `ilike` for the title or the venue. */
  pattern: string;
  from: string;
  to: string;
  /** The start and the concert after which the page begins. */
  us: number;
  id: number;
  limit: number;
}

interface Found extends ConcertColumns {
  nextStartAt: Date;
  nextStartAtUs: number;
  dates: number;
  priceFrom: number | null;
  priceTo: number | null;
  saleStartAt: Date;
  saleState: SaleEvent['saleState'];
  drawAt: Date | null;
}

/** SQL: the greatest id, so that a row comparison compares the time alone. */
const LAST_ID = sql.lit(Number.MAX_SAFE_INTEGER);

/** SQL: the sale of a performance that operators have not closed. Clients see whether its concert is. */
const isOpen = sql<boolean>`(${isOnSale} and closed_at is null)`;
const isAhead = sql<boolean>`(${isSaleAhead} and closed_at is null)`;

/**
 * SQL: the performances of a concert that are to come in the period. A comparison of rows can only use the index that begins with the
 * concert, so no plan from a time of few performances looks for them among those of all concerts.
 */
const comingOf = (
  concertId: RawBuilder<number>,
  { from, to }: Pick<Given<EventPage>, 'from' | 'to'>,
) => sql`
  (concert_id, start_at, id) > (${concertId}, greatest(${timeFrom(from)}, statement_timestamp()),
    case when ${timeFrom(from)} > statement_timestamp() then 0 else ${LAST_ID} end)
  and (concert_id, start_at, id) < (${concertId}, ${timeFrom(to)}, 0) and cancelled_at is null`;

/**
 * Times are compared with the start of the statement, as everywhere in lists. A sale that is open comes before one that is to open.
 * Performances are read in the order of their start, until enough of them are the next one of their concert: so a page costs
 * the same among any number of concerts, unless it searches for a text. They have one lower bound: given two, PostgreSQL would begin
 * at one of them, and skip all rows up to the other.
 */
const eventsPage = statement(
  'events',
  ({ pattern, from, to, us, id, limit }: Given<EventPage>) => sql<Found>`
    with shown as (
      select coming.start_at as next_start_at, concert.*
      from schedule as coming
      cross join lateral (select * from concert where concert.id = coming.concert_id offset 0) as concert
      where coming.start_at < ${timeFrom(to)}
        and (coming.start_at, coming.concert_id) > (
          greatest(${timeOf(us)}, statement_timestamp()),
          case when ${timeOf(us)} > statement_timestamp() then ${id}::bigint else ${LAST_ID} end)
        and ${checkedAfterwards(sql`coming.cancelled_at is null and coming.start_at >= ${timeFrom(from)}
          and (title ilike ${pattern} or venue ilike ${pattern})
          and coming.id = (
            select id from schedule where ${comingOf(sql`coming.concert_id`, { from, to })}
            order by concert_id, start_at, id limit 1)`)}
      order by coming.start_at, coming.concert_id
      limit ${limit}::int
    )
    select shown.id, title, description, created_at as "createdAt", queue_id as "queueId", venue,
      time_zone as "timeZone", image_hash as "imageHash", closed_at as "closedAt", dates.*,
      next_start_at as "nextStartAt",
      (extract(epoch from next_start_at) * 1000000)::bigint as "nextStartAtUs",
      (select min(opens_at) from draw where draw.queue_id = shown.queue_id
        and drawn_at is null and cancelled_at is null
        and (concert_id = shown.id or gathers_at <= statement_timestamp())) as "drawAt"
    from shown cross join lateral (
      select count(*)::int as dates, min(price_from) as "priceFrom", max(price_to) as "priceTo",
        coalesce(min(booking_start_at) filter (where ${isOpen}),
          min(booking_start_at) filter (where ${isAhead}), max(booking_start_at)) as "saleStartAt",
        case when bool_or(${isOpen}) then 'open' when bool_or(${isAhead}) then 'upcoming'
          else 'ended' end as "saleState"
      from schedule where ${comingOf(sql`shown.id`, { from, to })}
    ) as dates
    order by next_start_at, shown.id`,
);

/** The key after which the page begins: the cursor, or the beginning of the period if it is later. */
function beginningOf(after: { startAtUs: number; id: number } | undefined, from: string): TimeKey {
  const start = Number.isNaN(Date.parse(from)) ? START : { us: Date.parse(from) * 1000, id: 0 };
  return after && after.startAtUs >= start.us ? { us: after.startAtUs, id: after.id } : start;
}

/** Up to `limit + 1` events after the given one. `from` is inclusive, `to` is exclusive, both for the start of performances. */
export async function listEvents(
  orm: Database,
  {
    text,
    from = '-infinity',
    to = 'infinity',
    after,
    limit,
  }: {
    /** Part of the title or venue; '' for all. */
    text: string;
    from: string | undefined;
    to: string | undefined;
    after: { startAtUs: number; id: number } | undefined;
    limit: number;
  },
): Promise<EventRow[]> {
  const { us, id } = beginningOf(after, from);
  const pattern = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const rows = await rowsOf(orm, eventsPage({ pattern, from, to, us, id, limit: limit + 1 }));
  return rows.map(
    ({
      nextStartAt,
      saleStartAt,
      drawAt,
      nextStartAtUs,
      dates,
      priceFrom,
      priceTo,
      saleState,
      ...concert
    }) => ({
      concert: toConcert(concert),
      nextStartAt: nextStartAt.toISOString(),
      nextStartAtUs,
      dates,
      priceFrom,
      priceTo,
      saleStartAt: saleStartAt.toISOString(),
      saleState,
      how: drawAt ? ('draw' as const) : ('queue' as const),
      drawAt: drawAt?.toISOString() ?? null,
    }),
  );
}
