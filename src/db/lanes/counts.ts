/**
 * The recorded lane counts. The lane of a key depends on them, so all processes must use the same counts; otherwise
 * commands of one key could go to two lanes.
 */
import { sql } from 'kysely';
import type { Database } from '../connection/orm.ts';
import { pipelined, rowsOf, type Send } from '../connection/pipeline.ts';
import { db, statement, unprepared } from '../statement.ts';

/** The number of lanes of a kind. */
export interface LaneCount {
  kind: string;
  lanes: number;
}

/** Locked while the counts are compared and changed, because processes may start concurrently. */
const COUNTS_LOCK = 1_588_002_820;

/** The recorded lane count differs and is in use. Entry points print the message and exit. */
export class LaneCountsDiffer extends Error {
  constructor({ kind, lanes }: LaneCount, recorded: number, why: string) {
    super(
      `${kind.toUpperCase()}_LANES is ${lanes}, but this system runs with ${recorded}: ${why} Set it to ${recorded}, or stop all workers, let the lanes run empty and start again.`,
    );
    this.name = 'LaneCountsDiffer';
  }
}

/** Tables are missing in the database. */
export class NotMigrated extends Error {
  constructor(cause: unknown) {
    super('The database is not migrated: run `npm run migrate` first.', { cause });
    this.name = 'NotMigrated';
  }
}

const UNDEFINED_TABLE = '42P01';

/**
 * Records the counts, or checks that they match the recorded ones. They can only change while no worker is running and
 * all lanes are empty.
 * @param isBusy whether one of these lanes still has pending commands
 * @throws {LaneCountsDiffer} or {NotMigrated}
 */
export async function settleLaneCounts(
  orm: Database,
  counts: readonly LaneCount[],
  isBusy: (lanes: readonly string[]) => Promise<boolean>,
): Promise<void> {
  await pipelined(orm, async (send) => {
    await send(unprepared(sql`select pg_advisory_xact_lock(${COUNTS_LOCK})`));
    for (const count of counts) {
      const recorded = await lanesOnRecord(send, count.kind);
      if (recorded.length === count.lanes) continue;
      if (recorded.length > 0) {
        if (await isBusy(recorded)) {
          throw new LaneCountsDiffer(count, recorded.length, 'its lanes still hold commands.');
        }
        if (await isAnyLaneOwned(send)) {
          throw new LaneCountsDiffer(count, recorded.length, 'workers own its lanes.');
        }
      }
      record(send, count);
    }
  }).catch((error) => {
    throw error.code === UNDEFINED_TABLE ? new NotMigrated(error) : error;
  });
}

const kindOfLane = sql<string>`split_part(name, '-', 1)`;

const countsOnRecord = statement('lane counts', () =>
  db
    .selectFrom('lane')
    .select([kindOfLane.as('kind'), sql<number>`count(*)::int`.as('lanes')])
    .where('in_use', '=', true)
    .groupBy(kindOfLane),
);

/**
 * Checks that these counts match the recorded ones. With other counts, a process would enqueue commands in other lanes
 * than the rest.
 * @throws Error if they differ
 */
export async function checkLaneCounts(orm: Database, counts: readonly LaneCount[]): Promise<void> {
  const rows = await rowsOf(orm, countsOnRecord({}));
  const recorded = new Map(rows.map((row) => [row.kind, row.lanes]));
  const areEqual = counts.every(({ kind, lanes }) => recorded.get(kind) === lanes);
  if (!areEqual)
    throw new Error('Other lane counts (SEAT_LANES, USER_LANES) are in use than this process has.');
}

async function lanesOnRecord(send: Send, kind: string): Promise<string[]> {
  const lanes = db.selectFrom('lane').select('name').where('in_use', '=', true);
  const rows = await send(unprepared(lanes.where(kindOfLane, '=', kind)));
  return rows.map(({ name }) => name);
}

async function isAnyLaneOwned(send: Send): Promise<boolean> {
  const [row] = await send(
    unprepared(sql<{ owned: boolean }>`
      select exists (
        select 1 from pg_stat_activity
        where datname = current_database() and application_name like 'seatlane-owner%'
      ) as owned`),
  );
  return row?.owned ?? false;
}

function record(send: Send, { kind, lanes }: LaneCount): void {
  const all = db.updateTable('lane').set({ in_use: false });
  void send(unprepared(all.where(kindOfLane, '=', kind)));
  const names = Array.from({ length: lanes }, (_, number) => ({ name: `${kind}-${number}` }));
  const recorded = db.insertInto('lane').values(names);
  void send(
    unprepared(recorded.onConflict((on) => on.column('name').doUpdateSet({ in_use: true }))),
  );
}
