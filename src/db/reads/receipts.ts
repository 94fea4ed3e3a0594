/** Receipts by id: what came of commands whose jobs Redis has dropped. */
import DataLoader from 'dataloader';
import { sql } from 'kysely';
import type { Database } from '../connection/orm.ts';

export interface Receipt {
  id: string;
  lane: string;
  command: string;
  subject: string;
  requestHash: string;
  state: 'succeeded' | 'rejected' | 'failed';
  result: object | null;
  problem: object | null;
  acceptedAt: Date;
  finishedAt: Date;
}

/**
 * Reads receipts by id. Those asked for at the same time share one query.
 * @throws DriverException while PostgreSQL cannot be reached
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

interface ReceiptRow {
  id: string;
  lane: string;
  command: string;
  subject: string;
  request_hash: string;
  state: Receipt['state'];
  result: object | null;
  problem: object | null;
  accepted_ms: number;
  finished_ms: number;
}

async function findReceipts(
  orm: Database,
  ids: readonly string[],
): Promise<(Receipt | undefined)[]> {
  const { rows } = await sql<ReceiptRow>`
    select receipt.id, lane, command, subject, request_hash,
      state, result, problem,
      (extract(epoch from accepted_at) * 1000)::float8 as accepted_ms,
      (extract(epoch from finished_at) * 1000)::float8 as finished_ms
    from command_receipt receipt join app_user on app_user.id = user_id
    where receipt.id = any(${[...ids]})`.execute(orm.em.getKysely());
  const byId = new Map(rows.map((row) => [row.id, toReceipt(row)]));
  return ids.map((id) => byId.get(id));
}

function toReceipt(row: ReceiptRow): Receipt {
  return {
    id: row.id,
    lane: row.lane,
    command: row.command,
    subject: row.subject,
    requestHash: row.request_hash,
    state: row.state,
    result: row.result,
    problem: row.problem,
    acceptedAt: new Date(row.accepted_ms),
    finishedAt: new Date(row.finished_ms),
  };
}
