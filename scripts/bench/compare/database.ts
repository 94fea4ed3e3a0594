/** A benchmark's own database, which it fills and queries directly. */
import { Client } from 'pg';
import { migrateTo } from '../../steps/migrate.ts';
import type { BenchSystem } from '../system.ts';

export const PRICE = 100;

export interface Hall {
  scheduleId: number;
  seatIds: number[];
}

export interface Database {
  query<Row extends object>(text: string): Promise<Row[]>;
  url: string;
  close(): Promise<void>;
}

/**
 * Connects to a database. It is created and migrated unless it is the system's default database.
 * @param lastMigration the last migration that is applied to a new database; by default all are
 */
export async function openDatabase(
  system: BenchSystem,
  name: string,
  lastMigration?: string,
): Promise<Database> {
  const base = system.environment.DATABASE_URL as string;
  const url = new URL(base);
  const isNew = url.pathname.slice(1) !== name;
  url.pathname = `/${name}`;
  if (isNew) {
    const admin = new Client(base);
    await admin.connect();
    await admin.query(`create database ${name}`);
    await admin.end();
    if (lastMigration === undefined) await system.migrate(url.href);
    else await migrateTo(url.href, lastMigration);
  }
  const client = new Client(url.href);
  // PostgreSQL may stop before this connection is closed; a query then fails with its own error.
  client.on('error', () => undefined);
  await client.connect();
  return {
    url: url.href,
    query: async (text) => (await client.query(text)).rows,
    close: () => client.end(),
  };
}

/** Creates a schedule on sale for the first concert of the database. @returns its id */
async function newSchedule({ query }: Database, places: number): Promise<number> {
  const [schedule] = await query<{ id: number }>(`
    insert into schedule (concert_id, booking_start_at, booking_end_at, start_at, end_at, seat_count)
    values (1, now() - interval '1 hour', now() + interval '1 day', now() + interval '2 days',
      now() + interval '50 hours', ${places}) returning id::int as id`);
  const id = schedule?.id as number;
  // An older version that this one is compared with may not have these columns.
  const columns = await query<object>(`
    select from information_schema.columns where table_name = 'schedule' and column_name in ('price_from', 'price_to')`);
  if (columns.length > 0) {
    await query(`update schedule set price_from = ${PRICE}, price_to = ${PRICE} where id = ${id}`);
  }
  return id;
}

/** Creates a schedule on sale with `seats` seats, by default all in one row without a name. */
export async function newHall(
  database: Database,
  seats: number,
  seatsPerRow?: number,
): Promise<Hall> {
  const scheduleId = await newSchedule(database, seats);
  const { query } = database;
  const perRow = seatsPerRow ?? seats;
  const name = seatsPerRow === undefined ? 'null' : `'R' || n / ${perRow}`;
  const rows = await query<{ id: number }>(`
    insert into seat (schedule_id, range_index, row_name, number, price)
    select ${scheduleId}, n / ${perRow}, ${name}, 1 + n % ${perRow}, ${PRICE}
      from generate_series(0, ${seats - 1}) n returning id::int as id`);
  return { scheduleId, seatIds: rows.map(({ id }) => id) };
}

export interface Standing {
  scheduleId: number;
  areaId: number;
}

/** Creates a schedule on sale with one area. */
export async function newStanding(database: Database, capacity: number): Promise<Standing> {
  const scheduleId = await newSchedule(database, capacity);
  const [area] = await database.query<{ id: number }>(`
    insert into area (schedule_id, name, price, capacity)
    values (${scheduleId}, 'Standing', ${PRICE}, ${capacity}) returning id::int as id`);
  return { scheduleId, areaId: area?.id as number };
}
