/** Reads how many seats are left to sell. */
import { sql } from 'kysely';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { type Given, statement } from '../statement.ts';
import { isOnSale, isSaleAhead } from './on-sale.ts';
import { areasWithCounts } from './places/areas.ts';

/**
 * A condition: some performance's sale has not ended or not yet begun, and none of their seats is available or held, and none of
 * their areas has an unsold place. What is held may become available again.
 */
export const isSoldOut = sql<boolean>`(
  exists (select 1 from schedule where ${isSaleAhead})
  and not exists (
    select 1 from schedule
    join seat on schedule_id = schedule.id and seat.state in ('available', 'held')
    where ${isSaleAhead} and blocked_reason is null
  )
  and not exists (
    select 1 from schedule where ${isSaleAhead} and (
      select true from area where schedule_id = schedule.id and sold < capacity limit 1) is not null
  ))`;

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
    left join schedule on concert_id = concert.id and ${isOnSale}
    left join seat on schedule_id = schedule.id and seat.state in ('available', 'held')
      and blocked_reason is null
    cross join lateral (
      select coalesce(sum(available), 0)::int as available, coalesce(sum(held), 0)::int as held
      from schedule
      cross join lateral (${areasWithCounts(sql`area.schedule_id = schedule.id`)}) as areas
      where schedule.concert_id = concert.id and ${isOnSale}
    ) as places
    where concert.id = ${concertId} group by concert.id, places.available, places.held`,
);

/** @returns undefined if the concert does not exist */
export async function readStock(orm: Database, concertId: number): Promise<Stock | undefined> {
  const [stock] = await rowsOf(orm, stockOf({ concertId }));
  return stock;
}
