/** Reads receipts, which keep the outcomes of commands whose jobs are no longer in Redis. */
import DataLoader from 'dataloader';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../statement.ts';
import type { Row } from '../tables.ts';

export interface Receipt extends Omit<Row<'command_receipt'>, 'userId'> {
  subject: string;
}

/**
 * Reads receipts by id. Concurrent reads share one query.
 * @throws Error when PostgreSQL cannot be reached
 */
export class ReceiptReader {
  readonly #loader: DataLoader<string, Receipt | undefined>;

  constructor(orm: Database) {
    this.#loader = new DataLoader((ids) => findReceipts(orm, ids), {
      cache: false,
      batchScheduleFn: (run) => setImmediate(run),
    });
  }

  find(id: string): Promise<Receipt | undefined> {
    return this.#loader.load(id);
  }
}

const receiptsOf = statement('receipts', ({ ids }: Given<{ ids: readonly string[] }>) =>
  db
    .selectFrom('command_receipt as receipt')
    .innerJoin('app_user', 'app_user.id', 'user_id')
    .select([
      'receipt.id',
      'lane',
      'command',
      'subject',
      'request_hash as requestHash',
      'state',
      'result',
      'problem',
      'accepted_at as acceptedAt',
      'finished_at as finishedAt',
    ])
    .where('receipt.id', '=', anyOf(ids)),
);

async function findReceipts(
  orm: Database,
  ids: readonly string[],
): Promise<(Receipt | undefined)[]> {
  const rows = await rowsOf(orm, receiptsOf({ ids }));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id));
}
