/** Deletes old receipts, and queue entries that ended long ago. */
import { sql } from 'kysely';
import type { Database } from '../../src/db/connection/orm.ts';
import { rowsOf } from '../../src/db/connection/pipeline.ts';
import { db, unprepared } from '../../src/db/statement.ts';

/** How long outcomes and idempotency keys are kept. */
const RECEIPTS_KEPT_DAYS = 30;
/** Support can look up past entries for this long. Admission needs at most an hour. */
const QUEUE_ENTRIES_KEPT_DAYS = 7;
/** Limits how many rows one run deletes; the next run continues. */
const AT_ONCE_MAX = 20_000;

const daysAgo = (days: number) =>
  sql<Date>`statement_timestamp() - ${sql.lit(days)} * interval '1 day'`;
const count = (table: string) => sql<number>`(select count(*)::int from ${sql.table(table)})`;

const deleteOld = db
  .with('old_receipts', (with_) =>
    with_
      .deleteFrom('command_receipt')
      .where(
        'id',
        'in',
        with_
          .selectFrom('command_receipt')
          .select('id')
          .where('finished_at', '<', daysAgo(RECEIPTS_KEPT_DAYS))
          .orderBy('finished_at')
          .limit(AT_ONCE_MAX),
      )
      .returning('id'),
  )
  .with('old_entries', (with_) =>
    with_
      .deleteFrom('queue_entry')
      .where(
        'id',
        'in',
        with_
          .selectFrom('queue_entry')
          .select('id')
          .where('state', '=', sql.lit('ended'))
          .where('ended_at', '<', daysAgo(QUEUE_ENTRIES_KEPT_DAYS))
          .orderBy('ended_at')
          .limit(AT_ONCE_MAX),
      )
      .returning('id'),
  )
  .selectNoFrom([count('old_receipts').as('receipts'), count('old_entries').as('queueEntries')]);

export async function prune(orm: Database): Promise<{ receipts: number; queueEntries: number }> {
  const [row] = await rowsOf(orm, unprepared(deleteOld));
  return row ?? { receipts: 0, queueEntries: 0 };
}
