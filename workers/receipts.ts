/** Reads and writes the receipts of a batch: the outcome of a command, kept under its job id. */
import { type QueryExecutorProvider, sql } from 'kysely';
import type { FinishedOutcome, Outcome } from '../src/commands/command.ts';
import type { LaneName } from '../src/lanes/lanes.ts';

export interface NewReceipt {
  receiptId: string;
  command: string;
  userId: number;
  requestHash: string;
  outcome: Outcome;
  acceptedAt: Date;
}

/** A receipt that is there already: the command took effect, or was refused, before. */
export interface KnownReceipt extends FinishedOutcome {
  /** Differs when the idempotency key was used for another request, in another lane. */
  requestHash: string;
}

export interface OpenedBatch {
  /** The lane's epoch now: another than the owner's means that the lane was taken over. */
  epoch: number;
  now: Date;
  receipts: Map<string, KnownReceipt>;
}

interface ReceiptRecord {
  id: string;
  hash: string;
  state: Outcome['state'];
  result: object;
  problem: object;
  finished: number;
}

/**
 * Opens a batch in one statement: fences it (the share lock keeps a takeover out until the commit),
 * asks PostgreSQL's clock, and reads the receipts of commands that were delivered before.
 */
export async function openBatch(
  db: QueryExecutorProvider,
  lane: LaneName,
  receiptIds: readonly string[],
): Promise<OpenedBatch> {
  const opened = await sql<{ epoch: string; now: number; receipts: ReceiptRecord[] | null }>`
    select epoch, (extract(epoch from clock_timestamp()) * 1000)::float8 as now,
      (select json_agg(json_build_object(
          'id', id, 'hash', request_hash, 'state', state, 'result', result, 'problem', problem,
          'finished', extract(epoch from finished_at) * 1000))
        from command_receipt where id = any(${[...receiptIds]}::text[])) as receipts
    from lane where name = ${lane} for share of lane`.execute(db);
  const [row] = opened.rows;
  if (!row) throw new Error(`Lane ${lane} has no row in the table lane.`);
  return {
    epoch: Number(row.epoch),
    now: new Date(row.now),
    receipts: new Map((row.receipts ?? []).map((record) => [record.id, toReceipt(record)])),
  };
}

function toReceipt({ hash, state, result, problem, finished }: ReceiptRecord): KnownReceipt {
  const outcome = (state === 'succeeded' ? { state, result } : { state, problem }) as Outcome;
  return { outcome, finishedAt: finished, requestHash: hash };
}

/** Writes one receipt a command; a second one for the same job is refused by the primary key. */
export async function writeReceipts(
  db: QueryExecutorProvider,
  { lane, now }: { lane: LaneName; now: Date },
  receipts: readonly NewReceipt[],
): Promise<void> {
  if (receipts.length === 0) return;
  const results = receipts.map(({ outcome }) =>
    outcome.state === 'succeeded' ? JSON.stringify(outcome.result) : null,
  );
  const problems = receipts.map(({ outcome }) =>
    outcome.state === 'succeeded' ? null : JSON.stringify(outcome.problem),
  );
  await sql`
    insert into command_receipt (id, lane, command, user_id, request_hash, state, result, problem,
      accepted_at, finished_at)
    select id, ${lane}::text, command, user_id, request_hash, state, result, problem, accepted_at, ${now}::timestamptz
    from unnest(
      ${receipts.map((receipt) => receipt.receiptId)}::text[],
      ${receipts.map((receipt) => receipt.command)}::text[],
      ${receipts.map((receipt) => receipt.userId)}::bigint[],
      ${receipts.map((receipt) => receipt.requestHash)}::text[],
      ${receipts.map((receipt) => receipt.outcome.state)}::text[],
      ${results}::jsonb[],
      ${problems}::jsonb[],
      ${receipts.map((receipt) => receipt.acceptedAt)}::timestamptz[]
    ) as receipt(id, command, user_id, request_hash, state, result, problem, accepted_at)
    `.execute(db);
}
