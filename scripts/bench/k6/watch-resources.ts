/**
 * Samples what a stack holds while a profile runs: memory of its processes, connections to PostgreSQL, keys and memory of Redis, and
 * the size of tables.
 *
 * - The heap of a process is what is left after a garbage collection, so a leak shows in it. Its resident memory also has the young
 *   generation, which V8 fills before it collects.
 * - Redis keeps the idempotency key of each command for a day, so keys with an expiry are shown and not judged.
 * - Sold places stay in the tables, so a table is flat if its bytes per row are: its rows grow with the sale, and dead rows must not.
 */
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { BenchProcess, BenchSystem } from '../system.ts';
import { type Flatness, flatnessOf, type Sample } from './flatness.ts';
import { HEAP_REQUEST } from './heap-request.ts';

export interface Watched extends Flatness {
  what: string;
  unit: string;
  /** Whether it must be flat. */
  isJudged: boolean;
}

export interface ResourceWatch {
  /** Stops. @returns what was sampled, each with its verdict; without tables smaller than a megabyte */
  stop(): Promise<Watched[]>;
}

const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;
const EXPIRING_KEYS = 'keys in Redis that expire';
const RESIDENT = 'resident memory';
/** The young generation with `--max-semi-space-size=32`: three spaces of that size. */
const YOUNG_MB = 96;
/** How much a series may rise in any case, in its unit. */
const ALLOWANCES: Record<string, number> = { MB: 10, connections: 3, keys: 100, 'bytes a row': 0 };
/** Samples of the heap are rarer by this factor, because each costs a garbage collection. */
const SAMPLES_PER_HEAP = 10;

const CONNECTIONS = `select count(*)::int as connections from pg_stat_activity
  where datname = current_database() and backend_type = 'client backend'`;
/**
 * Without the index of seats by their state, which grows once, while a hall is sold: its entries move from one state to the next and leave
 * pages half empty.
 */
const TABLES = `select relname as name, n_live_tup::float8 as rows, (pg_total_relation_size(relid)
    - case relname when 'seat' then pg_relation_size('seat_by_schedule_and_state') else 0 end)::float8 as bytes
  from pg_stat_user_tables where schemaname = 'public'`;

interface Series {
  unit: string;
  samples: Sample[];
  /** The largest size of a table, in bytes. */
  bytes?: number;
}

/**
 * @param processes preloaded with `report-heap.ts`
 * @param everyMs the time between two samples
 */
export async function watchResources(
  { environment }: BenchSystem,
  processes: Readonly<Record<string, BenchProcess>>,
  everyMs: number,
): Promise<ResourceWatch> {
  const database = new Client(environment.DATABASE_URL);
  await database.connect();
  const redis = new Redis(environment.REDIS_URL as string);
  // When the services stop first, a sample in progress fails with its own error.
  for (const each of [database, redis]) each.on('error', () => undefined);
  const all = new Map<string, Series>();
  const started = performance.now();
  let seconds = 0;
  let taken = 0;
  const note = (what: string, unit: string, value: number): Series => {
    const series = all.get(what) ?? { unit, samples: [] };
    all.set(what, series);
    series.samples.push({ seconds, value });
    return series;
  };
  const sample = async () => {
    seconds = (performance.now() - started) / 1000;
    for (const [name, process] of Object.entries(processes)) {
      note(`${RESIDENT} of the ${name}`, 'MB', process.residentMb());
      if (taken % SAMPLES_PER_HEAP !== 0) continue;
      note(`heap of the ${name}`, 'MB', Number(await process.ask(HEAP_REQUEST)));
    }
    taken += 1;
    const { rows } = await database.query(CONNECTIONS);
    note('connections to PostgreSQL', 'connections', rows[0].connections);
    const keyspace = /keys=(\d+),expires=(\d+)/.exec(await redis.info('keyspace'));
    const [keys = 0, expiring = 0] = (keyspace ?? []).slice(1).map(Number);
    note('keys in Redis without an expiry', 'keys', keys - expiring);
    note(EXPIRING_KEYS, 'keys', expiring);
    const memory = /used_memory:(\d+)/.exec(await redis.info('memory'))?.[1];
    note('memory of Redis', 'MB', Number(memory) / MEGABYTE);
    for (const table of (await database.query(TABLES)).rows) {
      if (table.rows === 0) continue;
      const series = note(`table ${table.name}`, 'bytes a row', table.bytes / table.rows);
      series.bytes = Math.max(series.bytes ?? 0, table.bytes);
    }
  };
  await sample();
  let sampling = Promise.resolve();
  let failure: unknown;
  const timer = setInterval(() => {
    sampling = sampling.then(sample).catch((error) => {
      failure ??= error;
    });
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await sampling;
      if (!failure) await sample();
      await database.end();
      redis.disconnect();
      if (failure) throw failure;
      return [...all]
        .filter(([, { bytes }]) => bytes === undefined || bytes >= MEGABYTE)
        .map(([what, { unit, samples }]) => ({
          what,
          unit,
          isJudged: what !== EXPIRING_KEYS,
          ...flatnessOf(samples, what.startsWith(RESIDENT) ? YOUNG_MB : (ALLOWANCES[unit] ?? 0)),
        }));
    },
  };
}
