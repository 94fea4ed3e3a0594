/**
 * Measures how long the migration takes that rewrites bookings and orders for version 0.3.0, in a database that has this many bookings,
 * each of an order of one.
 */
import { migrateTo } from '../../steps/migrate.ts';
import { type Database, openDatabase } from '../compare/database.ts';
import type { BenchSystem } from '../system.ts';

const MIGRATION = 'Migration20261127170000';
/** The last one before it. */
const BEFORE = 'Migration20261127160100';
const PAST = `now() - interval '40 days'`;
/** One booking in ten is cancelled; the others are paid. */
const CANCELLED_OF = 10;

/** Fills a database of the version before the migration, migrates it, and prints what it took. */
export async function measureMigration(system: BenchSystem, bookings: number): Promise<void> {
  const database = await openDatabase(system, 'migration', BEFORE);
  try {
    await fill(database, bookings);
    const before = await bytesOf(database);
    const begin = performance.now();
    await migrateTo(database.url, MIGRATION);
    const seconds = (performance.now() - begin) / 1000;
    const after = await bytesOf(database);
    console.log(
      `\n${MIGRATION} with ${bookings.toLocaleString('en')} bookings, each of its order.\n`,
    );
    console.log(
      '| seconds | MB of both tables and their indexes before | after |\n| --- | --- | --- |',
    );
    console.log(
      `| ${seconds.toFixed(1)} | ${(before / 1e6).toFixed(0)} | ${(after / 1e6).toFixed(0)} |`,
    );
  } finally {
    await database.close();
  }
}

async function bytesOf({ query }: Database): Promise<number> {
  const [row] = await query<{ bytes: number }>(`
    select (pg_total_relation_size('booking') + pg_total_relation_size('app_order'))::float8 as bytes`);
  return row?.bytes ?? 0;
}

async function fill({ query }: Database, bookings: number): Promise<void> {
  const isCancelled = `n % ${CANCELLED_OF} = 0`;
  const series = `generate_series(1, ${bookings}) n`;
  await query(`insert into app_user (subject) select 'user ' || n from ${series}`);
  await query(`insert into concert (title, created_at) values ('Migration', ${PAST})`);
  await query(`insert into schedule (concert_id, booking_start_at, booking_end_at, start_at, end_at, seat_count)
    values (1, ${PAST}, now(), now() + interval '1 day', now() + interval '2 days', ${bookings})`);
  await query(`insert into seat (schedule_id, range_index, number, price, state)
    select 1, 0, n, 100, case when ${isCancelled} then 'available' else 'sold' end from ${series}`);
  await query(`insert into app_order (user_id, concert_id, schedule_id, queue_id, state, total, hold_expires_at,
      created_at, paid_at, ended_at, job_id)
    select n, 1, 1, 1, case when ${isCancelled} then 'cancelled' else 'paid' end, 100, ${PAST}, ${PAST},
      case when ${isCancelled} then null else ${PAST} end, case when ${isCancelled} then ${PAST} end, 'user-0_' || n
    from ${series}`);
  await query(`insert into booking (order_id, user_id, concert_id, schedule_id, seat_id, price, state, hold_expires_at,
      created_at, ended_at, job_id)
    select n, n, 1, 1, n, 100, case when ${isCancelled} then 'cancelled' else 'paid' end, ${PAST}, ${PAST},
      case when ${isCancelled} then ${PAST} end, 'user-0_' || n
    from ${series}`);
  for (const table of ['app_user', 'seat', 'app_order', 'booking']) {
    await query(`vacuum analyze ${table}`);
  }
  await query('checkpoint');
}
