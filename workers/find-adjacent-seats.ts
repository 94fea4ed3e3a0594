/** Finds the seats among which `bestAvailable` chooses: the cheapest runs of free neighbours. */
import { sql } from 'kysely';
import type { Needing } from './load-rows.ts';
import type { Send } from './pipeline.ts';

/** Runs beyond those that the batch itself can use up: other lanes may take some before the lock. */
const SPARE_RUNS = 16;

interface Wish {
  scheduleId: number;
  quantity: number;
  priceMax: number;
  runs: number;
}

/**
 * The ids of the seats to lock. Each seat that another command of the batch takes spoils `quantity`
 * runs at most, so that many more runs are enough for all of them.
 */
export async function findAdjacentSeats(send: Send, batch: readonly Needing[]): Promise<number[]> {
  const wishes = toWishes(batch);
  if (wishes.length === 0) return [];
  const found = await send(sql<{ id: string }>`
    select distinct seat.id
    from unnest(
      ${wishes.map((wish) => wish.scheduleId)}::bigint[],
      ${wishes.map((wish) => wish.quantity)}::int[],
      ${wishes.map((wish) => wish.priceMax)}::bigint[],
      ${wishes.map((wish) => wish.runs)}::int[]
    ) as wish(schedule_id, quantity, price_max, runs)
    cross join lateral (
      select range_index, number from (
        select range_index, number, price,
          lead(number, wish.quantity - 1) over (partition by range_index order by number) as last
        from seat
        where schedule_id = wish.schedule_id and price <= wish.price_max and blocked_reason is null
          and (state = 'available' or (state = 'held' and held_until <= statement_timestamp()))
      ) free
      where last = number + wish.quantity - 1
      order by price, range_index, number
      limit wish.runs
    ) run
    join seat on seat.schedule_id = wish.schedule_id and seat.range_index = run.range_index
      and seat.number between run.number and run.number + wish.quantity - 1`);
  return found.map((row) => Number(row.id));
}

function toWishes(batch: readonly Needing[]): Wish[] {
  const wanted = batch.flatMap(({ needs }) => needs.adjacentSeats ?? []);
  const bySchedule = Map.groupBy(wanted, (wish) => wish.scheduleId);
  return wanted.map((wish) => {
    const seats = (bySchedule.get(wish.scheduleId) ?? []).reduce(
      (sum, { quantity }) => sum + quantity,
      0,
    );
    return { ...wish, runs: seats * wish.quantity + SPARE_RUNS };
  });
}
