/** Reads how many seats are left to sell. */
import { sql } from 'kysely';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { type Given, statement } from '../statement.ts';
import { isOnSale, isSaleAhead } from './on-sale.ts';

/**
 * A query: the queues that are sold out, as `queue_id`. Some sale of their concerts has not ended or not yet begun, and no seat
 * of these is available or held; a held seat may become available again. It reads the sales ahead by their end, and at most
 * two seats of each, whatever the number of queues and of sales that are over: `offset` and `limit` keep the planner from
 * starting with the concerts.
 */
export const soldOutQueues = sql<{ queue_id: number }>`
  select queue_id from (select id, concert_id from schedule where ${isSaleAhead} offset 0) ahead
  cross join lateral (select queue_id from concert where id = ahead.concert_id limit 1) admitting
  group by queue_id
  having bool_and((
    select true from seat
    where schedule_id = ahead.id and seat.state in ('available', 'held') and blocked_reason is null
    limit 1
  ) is null)`;

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
