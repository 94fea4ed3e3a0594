/** Reading the seats of a small schedule does not touch those of large ones, whatever the plan. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/db/connection/orm.ts';
import {
  readFixedSeats,
  readIdsInState,
  readSeatStates,
} from '../../../src/db/reads/places/seats.ts';
import { openClone } from '../../support/services/database.ts';
import { databaseRows } from '../../support/services/rows.ts';

/** Of 10,000 seats the table alone has 80. */
const BLOCKS_MAX = 20;

let orm: Database;
let rows: ReturnType<typeof databaseRows>;
let small: number;
beforeAll(async () => {
  orm = await openClone();
  rows = databaseRows(orm);
  const schedules = await rows<{ id: number }>(
    `with concert as (insert into concert (title, created_at) values ('Two halls', now()) returning id)
     insert into schedule (concert_id, booking_start_at, booking_end_at, start_at, end_at, seat_count, price_from, price_to)
     select id, now(), now() + interval '1 day', now() + interval '2 days', now() + interval '3 days', seats, 10, 10
     from concert, unnest(array[10000, 10000, 10]) seats returning id::int as id`,
  );
  const [large, other, last] = schedules.map(({ id }) => id);
  for (const [scheduleId, seats] of [
    [large, 10_000],
    [other, 10_000],
    [last, 10],
  ]) {
    await rows(`insert into seat (schedule_id, range_index, number, price)
      select ${scheduleId}, 0, n, 10 from generate_series(1, ${seats}) n`);
  }
  small = last as number;
  await rows('analyze seat');
});
afterAll(() => orm.close());

/** Blocks of `seat` and its indexes touched so far. */
async function blocks(): Promise<number> {
  await rows('select pg_stat_force_next_flush()');
  const [touched] = await rows<{ blocks: string }>(
    `select heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read as blocks
     from pg_statio_user_tables where relname = 'seat'`,
  );
  return Number(touched?.blocks);
}

test.each([
  ['all seats', () => readFixedSeats(orm, small)],
  ['all states', () => readSeatStates(orm, small)],
  ['the seats in one state', async () => (await readIdsInState(orm, small, 'available')).ids],
])('%s of a small schedule are found without the others', async (_, read) => {
  expect(await read()).toHaveLength(10);
  const before = await blocks();
  await read();
  const touched = (await blocks()) - before;
  expect(touched).toBeGreaterThan(0);
  expect(touched).toBeLessThan(BLOCKS_MAX);
});
