/** Reads how many seats are left to sell. */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { type Given, statement } from '../statement.ts';
import { isOnSale, isSaleAhead, saleClosedAt } from './on-sale.ts';
import { areasWithCounts } from './places/areas.ts';

/**
 * A query: the queues with a sale that has not ended or not yet begun, as `queue_id`, and whether all are sold out: no seat
 * of these is available or held, and no area has an unsold place; what is held may become available again. It reads the sales
 * ahead by their end, and at most two seats of each, whatever the number of queues and of sales that are over: `offset` and
 * `limit` keep the planner from starting with the concerts.
 * @param isCounted a further condition on the seats that are left
 */
const salesAheadWith = (isCounted: RawBuilder<boolean>) => sql<{
  queue_id: number;
  is_sold_out: boolean;
}>`
  select queue_id, bool_and((
    select true from seat
    where schedule_id = ahead.id and seat.state in ('available', 'held') and ${isCounted}
    limit 1
  ) is null and (
    select true from area where schedule_id = ahead.id and sold < capacity limit 1
  ) is null) as is_sold_out
  from (select id, concert_id from schedule where ${isSaleAhead} offset 0) ahead
  cross join lateral (select queue_id from concert where id = ahead.concert_id limit 1) admitting
  group by queue_id`;

/** A query: the queues that are sold out, as `queue_id`. */
export const soldOutQueues = sql<{ queue_id: number }>`
  select queue_id from (${salesAheadWith(sql`blocked_reason is null`)}) sales where is_sold_out`;

/** The same for all queues with a sale ahead. Seats that operators have blocked are not sold: they can be released. */
export const salesAhead = salesAheadWith(sql`true`);

/** The numbers of a concert's seats and places of areas that can be booked now, and that are held. */
export interface Stock {
  available: number;
  held: number;
}

const stockOf = statement(
  'stock of a concert',
  ({ concertId }: Given<{ concertId: number }>) => sql<Stock>`
    select
      count(seat.id) filter (where state = 'available' or held_until <= statement_timestamp())::int
        + places.available as available,
      count(seat.id) filter (where state = 'held' and held_until > statement_timestamp())::int
        + places.held as held
    from concert
    left join schedule on concert_id = concert.id and ${isOnSale} and ${saleClosedAt} is null
    left join seat on schedule_id = schedule.id and seat.state in ('available', 'held')
      and blocked_reason is null
    cross join lateral (
      select coalesce(sum(available), 0)::bigint as available, coalesce(sum(held), 0)::bigint as held
      from schedule
      cross join lateral (${areasWithCounts(sql`area.schedule_id = schedule.id`)}) as areas
      where schedule.concert_id = concert.id and ${isOnSale} and ${saleClosedAt} is null
    ) as places
    where concert.id = ${concertId} group by concert.id, places.available, places.held`,
);

/** @returns undefined if the concert does not exist */
export async function readStock(orm: Database, concertId: number): Promise<Stock | undefined> {
  const [stock] = await rowsOf(orm, stockOf({ concertId }));
  return stock;
}
