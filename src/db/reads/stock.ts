/** Reads how many seats are left to sell. */
import { sql } from 'kysely';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { type Given, statement } from '../statement.ts';
import { isOnSale, isSaleAhead } from './on-sale.ts';

/**
 * A condition: some performance's sale has not ended or not yet begun, and none of their seats is available or held. A
 * held seat may become available again.
 */
export const isSoldOut = sql<boolean>`(
  exists (select 1 from schedule where ${isSaleAhead})
  and not exists (
    select 1 from schedule
    join seat on schedule_id = schedule.id and seat.state in ('available', 'held')
    where ${isSaleAhead} and blocked_reason is null
  ))`;

/** The numbers of a concert's seats that can be booked now, and that are held. */
export interface Stock {
  available: number;
  held: number;
}

const stockOf = statement(
  'stock of a concert',
  ({ concertId }: Given<{ concertId: number }>) => sql<Stock>`
    select
      count(seat.id) filter (where state = 'available' or held_until <= statement_timestamp())::int
        as available,
      count(seat.id) filter (where state = 'held' and held_until > statement_timestamp())::int as held
    from concert
    left join schedule on concert_id = concert.id and ${isOnSale}
    left join seat on schedule_id = schedule.id and seat.state in ('available', 'held')
      and blocked_reason is null
    where concert.id = ${concertId} group by concert.id`,
);

/** @returns undefined if the concert does not exist */
export async function readStock(orm: Database, concertId: number): Promise<Stock | undefined> {
  const [stock] = await rowsOf(orm, stockOf({ concertId }));
  return stock;
}
