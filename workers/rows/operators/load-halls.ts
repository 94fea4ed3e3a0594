/** Locks the halls that commands change, and reads the versions of which they make schedules. */
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { db, unprepared } from '../../../src/db/statement.ts';
import { idsIn, type Needing } from '../needing.ts';
import type { Rows } from '../rows.ts';

export async function loadHalls(send: Send, rows: Rows, batch: readonly Needing[]): Promise<void> {
  const ids = idsIn(batch, ({ hallId }) => hallId);
  const versions = batch.flatMap(({ needs }) => needs.hallVersion ?? []);
  const locking =
    ids.length > 0
      ? send(
          unprepared(
            db
              .selectFrom('hall')
              .select(['id', 'name', 'version', 'created_at as createdAt'])
              .where('id', 'in', ids)
              .orderBy('id')
              .forNoKeyUpdate(),
          ),
        )
      : [];
  // Versions never change, so they need no lock.
  const reading =
    versions.length > 0
      ? send(
          unprepared(
            db
              .selectFrom('hall_version')
              .select(['hall_id as hallId', 'version', 'plan'])
              .where((one) =>
                one.or(
                  versions.map(({ hallId, version }) => one.and({ hall_id: hallId, version })),
                ),
              ),
          ),
        )
      : [];
  for (const hall of await locking) rows.halls.table.load(hall);
  for (const version of await reading) rows.halls.loadVersion(version);
}
