/** Reads halls and their versions. */
import type { PackedPlan } from '../../../commands/halls/packed-plan.ts';
import type { HallResource } from '../../../commands/schemas/hall-resources.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { db, type Given, statement } from '../../statement.ts';

const halls = db
  .selectFrom('hall')
  .innerJoin('hall_version', (join) =>
    join
      .onRef('hall_version.hall_id', '=', 'hall.id')
      .onRef('hall_version.version', '=', 'hall.version'),
  )
  .select(['hall.id', 'name', 'hall.version', 'seat_count as seatCount'])
  .select('hall.created_at as createdAt');

const hallsBefore = statement(
  'halls',
  ({ before, limit }: Given<{ before: number; limit: number }>) =>
    halls.where('hall.id', '<', before).orderBy('hall.id', 'desc').limit(limit),
);
const hallWith = statement('a hall', ({ id }: Given<{ id: number }>) =>
  halls.where('hall.id', '=', id),
);

/** Up to `limit + 1` halls with ids below `before`, newest first. */
export async function listHalls(
  orm: Database,
  { before = Number.MAX_SAFE_INTEGER, limit }: { before: number | undefined; limit: number },
): Promise<HallResource[]> {
  const rows = await rowsOf(orm, hallsBefore({ before, limit: limit + 1 }));
  return rows.map(toHall);
}

export async function findHall(orm: Database, id: number): Promise<HallResource | undefined> {
  const [row] = await rowsOf(orm, hallWith({ id }));
  return row && toHall(row);
}

const toHall = (row: Omit<HallResource, 'createdAt'> & { createdAt: Date }): HallResource => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
});

export interface VersionName {
  hallId: number;
  version: number;
}

/** A saved version, its plan packed. */
export interface SavedVersion extends VersionName {
  plan: PackedPlan;
  seatCount: number;
  createdAt: string;
}

const versionWith = statement('a version of a hall', ({ hallId, version }: Given<VersionName>) =>
  db
    .selectFrom('hall_version')
    .select(['hall_id as hallId', 'version', 'plan', 'seat_count as seatCount'])
    .select('created_at as createdAt')
    .where('hall_id', '=', hallId)
    .where('version', '=', version),
);

export async function findHallVersion(
  orm: Database,
  name: VersionName,
): Promise<SavedVersion | undefined> {
  const [row] = await rowsOf(orm, versionWith(name));
  return row && { ...row, createdAt: row.createdAt.toISOString() };
}
