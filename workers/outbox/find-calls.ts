/** Reads calls that are owed to payment providers. */
import { sql } from 'kysely';
import type { EpochMs } from '../../src/commands/epoch-ms.ts';
import type { Database } from '../../src/db/connection/orm.ts';
import { rowsOf } from '../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, rareStatement, statement } from '../../src/db/statement.ts';
import type { Row } from '../../src/db/tables.ts';

/** What a call asks the provider for. */
export type CallKind = Row<'outbox_call'>['kind'];

export interface OwedCall
  extends Pick<Row<'outbox_call'>, 'id' | 'kind' | 'checkoutId' | 'refundId'> {
  /** When the call was read, in ms since 1970 by PostgreSQL's clock. */
  now: EpochMs;
}

const owedCalls = statement('owed calls', ({ ids }: Given<{ ids: readonly number[] }>) =>
  db
    .selectFrom('outbox_call')
    .select([
      'id',
      'kind',
      'checkout_id as checkoutId',
      'refund_id as refundId',
      sql<Date>`statement_timestamp()`.as('now'),
    ])
    .where('id', '=', anyOf(ids)),
);

/** The calls with these ids. One that is missing is owed no more. */
export async function findCalls(
  orm: Database,
  ids: readonly number[],
): Promise<Map<number, OwedCall>> {
  const rows = await rowsOf(orm, owedCalls({ ids }));
  return new Map(rows.map((row) => [row.id, { ...row, now: row.now.getTime() }]));
}

const oldestCall = rareStatement(() =>
  db
    .selectFrom('outbox_call')
    .select(
      sql<number>`extract(epoch from statement_timestamp() - created_at)::float8`.as('seconds'),
    )
    .orderBy('id')
    .limit(1),
);

/** The age of the oldest call that is owed, in seconds; 0 if there is none. */
export async function oldestSeconds(orm: Database): Promise<number> {
  const [row] = await rowsOf(orm, oldestCall({}));
  return row?.seconds ?? 0;
}
