/**
 * The lane counts on record. A key's lane depends on them, so every process must use the same: two
 * counts at a time would send one key to two lanes.
 */
import { type QueryExecutorProvider, sql } from 'kysely';
import type { Database } from '../connection/orm.ts';

/** How many lanes there are of a kind. */
export interface LaneCount {
  kind: string;
  lanes: number;
}

/** The counts that the settings name. */
export function laneCountsIn(settings: { seatLanes: number; userLanes: number }): LaneCount[] {
  return [
    { kind: 'seat', lanes: settings.seatLanes },
    { kind: 'user', lanes: settings.userLanes },
  ];
}

/** Held while the counts are compared and changed, so that processes that start together take turns. */
const COUNTS_LOCK = 1_588_002_820;

/** Another lane count is on record and in use. Entry points print the sentence and stop. */
export class LaneCountsDiffer extends Error {
  constructor({ kind, lanes }: LaneCount, recorded: number, why: string) {
    super(
      `${kind.toUpperCase()}_LANES is ${lanes}, but this system runs with ${recorded}: ${why} Set it to ${recorded}, or stop all workers, let the lanes run empty and start again.`,
    );
    this.name = 'LaneCountsDiffer';
  }
}

/** The database has no tables of ours, or not all of them. */
export class NotMigrated extends Error {
  constructor(cause: unknown) {
    super('The database is not migrated: run `npm run migrate` first.', { cause });
    this.name = 'NotMigrated';
  }
}

const UNDEFINED_TABLE = '42P01';

/**
 * Records the counts, or checks that they are those on record. They can change while no worker runs
 * and no lane holds a command.
 * @param isBusy whether one of these lanes still holds commands
 * @throws {LaneCountsDiffer} or {NotMigrated}
 */
export async function settleLaneCounts(
  orm: Database,
  counts: readonly LaneCount[],
  isBusy: (lanes: readonly string[]) => Promise<boolean>,
): Promise<void> {
  await orm.em.fork().transactional(async (em) => {
    const db = em.getKysely();
    await sql`select pg_advisory_xact_lock(${COUNTS_LOCK})`.execute(db);
    for (const count of counts) {
      const recorded = await lanesOnRecord(db, count.kind).catch((error) => {
        throw error.code === UNDEFINED_TABLE ? new NotMigrated(error) : error;
      });
      if (recorded.length === count.lanes) continue;
      if (recorded.length > 0) {
        if (await isBusy(recorded)) {
          throw new LaneCountsDiffer(count, recorded.length, 'its lanes still hold commands.');
        }
        if (await isAnyLaneOwned(db)) {
          throw new LaneCountsDiffer(count, recorded.length, 'workers own its lanes.');
        }
      }
      await record(db, count);
    }
  });
}

/** Whether these counts are on record. */
export async function areLaneCountsOnRecord(
  orm: Database,
  counts: readonly LaneCount[],
): Promise<boolean> {
  const { rows } = await sql<{ kind: string; lanes: number }>`
    select split_part(name, '-', 1) as kind, count(*)::int as lanes
    from lane where in_use group by 1`.execute(orm.em.getKysely());
  const recorded = new Map(rows.map((row) => [row.kind, row.lanes]));
  return counts.every(({ kind, lanes }) => recorded.get(kind) === lanes);
}

async function lanesOnRecord(db: QueryExecutorProvider, kind: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from lane where in_use and split_part(name, '-', 1) = ${kind}`.execute(db);
  return rows.map((row) => row.name);
}

async function isAnyLaneOwned(db: QueryExecutorProvider): Promise<boolean> {
  const { rows } = await sql<{ owned: boolean }>`
    select exists (
      select 1 from pg_stat_activity
      where datname = current_database() and application_name like 'seatlane-owner%'
    ) as owned`.execute(db);
  return rows[0]?.owned ?? false;
}

async function record(db: QueryExecutorProvider, { kind, lanes }: LaneCount): Promise<void> {
  await sql`update lane set in_use = false where split_part(name, '-', 1) = ${kind}`.execute(db);
  await sql`
    insert into lane (name) select ${kind} || '-' || number from generate_series(0, ${lanes - 1}) number
    on conflict (name) do update set in_use = true`.execute(db);
}
