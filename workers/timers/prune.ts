/** Deletes what nobody asks for any more: old receipts, and places of the queue that ended long ago. */
import { sql } from 'kysely';
import type { Database } from '../../src/db/connection/orm.ts';

/** How long outcomes can be looked up and idempotency keys are remembered (api.md). */
const RECEIPTS_KEPT_DAYS = 30;
/** Long enough for support to see who waited when; admission looks back an hour at most. */
const QUEUE_ENTRIES_KEPT_DAYS = 7;
/** Bounds how much one turn deletes; the next one goes on. */
const AT_ONCE_MAX = 20_000;

export async function prune(orm: Database): Promise<{ receipts: number; queueEntries: number }> {
  const { rows } = await sql<{ receipts: number; queueEntries: number }>`
    with old_receipts as (
      delete from command_receipt where id in (
        select id from command_receipt
        where finished_at < statement_timestamp() - ${RECEIPTS_KEPT_DAYS} * interval '1 day'
        order by finished_at limit ${AT_ONCE_MAX}
      ) returning 1
    ), old_entries as (
      delete from queue_entry where number in (
        select number from queue_entry
        where state = 'ended'
          and ended_at < statement_timestamp() - ${QUEUE_ENTRIES_KEPT_DAYS} * interval '1 day'
        order by ended_at limit ${AT_ONCE_MAX}
      ) returning 1
    )
    select (select count(*)::int from old_receipts) as receipts,
      (select count(*)::int from old_entries) as "queueEntries"`.execute(orm.em.getKysely());
  return rows[0] ?? { receipts: 0, queueEntries: 0 };
}
