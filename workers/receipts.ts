/** The receipts of a batch: the outcome of each command, kept under its job id. */
import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely';
import type { FinishedOutcome, Outcome } from '../src/commands/command.ts';
import type { LaneName } from '../src/lanes/lanes.ts';
import type { IdKind } from './rows.ts';

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
  newIds: Record<IdKind, number[]>;
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
 * asks PostgreSQL's clock, reads the receipts of commands that were delivered before, and draws ids.
 * Ids that are not used leave gaps.
 * @param turnKeys users whose commands in different lanes have to take turns until the commit: advisory
 *   locks, taken in one order by all batches and before any row lock
 */
export async function openBatch(
  db: QueryExecutorProvider,
  lane: LaneName,
  receiptIds: readonly string[],
  { idCounts, turnKeys }: { idCounts: Record<IdKind, number>; turnKeys: readonly string[] },
): Promise<OpenedBatch | undefined> {
  const draw = (kind: IdKind) => sql`array(
    select nextval(${sql.lit(`${kind}_id_seq`)}) from generate_series(1, ${idCounts[kind]}::int)
  )::text[]`;
  const opened = await sql<
    { epoch: string; now: number; receipts: ReceiptRecord[] | null } & Record<IdKind, string[]>
  >`
    select epoch, (extract(epoch from clock_timestamp()) * 1000)::float8 as now,
      (select json_agg(json_build_object(
          'id', id, 'hash', request_hash, 'state', state, 'result', result, 'problem', problem,
          'finished', extract(epoch from finished_at) * 1000))
        from command_receipt where id = any(${[...receiptIds]}::text[])) as receipts,
      (select count(pg_advisory_xact_lock(key)) from (
        select key from unnest(${[...turnKeys]}::bigint[]) as turn(key) order by key) sorted) as turns,
      ${draw('booking')} as booking, ${draw('payment')} as payment,
      ${draw('concert')} as concert, ${draw('schedule')} as schedule, ${draw('webhook')} as webhook
    from lane where name = ${lane} for share of lane`.execute(db);
  const [row] = opened.rows;
  if (!row) return undefined;
  return {
    epoch: Number(row.epoch),
    now: new Date(row.now),
    receipts: new Map((row.receipts ?? []).map((record) => [record.id, toReceipt(record)])),
    newIds: {
      booking: row.booking.map(Number),
      payment: row.payment.map(Number),
      concert: row.concert.map(Number),
      schedule: row.schedule.map(Number),
      webhook: row.webhook.map(Number),
    },
  };
}

function toReceipt({ hash, state, result, problem, finished }: ReceiptRecord): KnownReceipt {
  const outcome = (state === 'succeeded' ? { state, result } : { state, problem }) as Outcome;
  return { outcome, finishedAt: finished, requestHash: hash };
}

/** The statement that writes one receipt a command; a second for the same job is refused by its key. */
export function insertReceipts(
  { lane, now }: { lane: LaneName; now: Date },
  receipts: readonly NewReceipt[],
): RawBuilder<unknown>[] {
  if (receipts.length === 0) return [];
  const results = receipts.map(({ outcome }) =>
    outcome.state === 'succeeded' ? JSON.stringify(outcome.result) : null,
  );
  const problems = receipts.map(({ outcome }) =>
    outcome.state === 'succeeded' ? null : JSON.stringify(outcome.problem),
  );
  return [
    sql`
      insert into command_receipt (id, lane, command, user_id, request_hash, state, result, problem,
        accepted_at, finished_at)
      select id, ${lane}::text, command, user_id, request_hash, state, result, problem, accepted_at,
        ${now}::timestamptz
      from unnest(
        ${receipts.map((receipt) => receipt.receiptId)}::text[],
        ${receipts.map((receipt) => receipt.command)}::text[],
        ${receipts.map((receipt) => receipt.userId)}::bigint[],
        ${receipts.map((receipt) => receipt.requestHash)}::text[],
        ${receipts.map((receipt) => receipt.outcome.state)}::text[],
        ${results}::jsonb[],
        ${problems}::jsonb[],
        ${receipts.map((receipt) => receipt.acceptedAt)}::timestamptz[]
      ) as receipt(id, command, user_id, request_hash, state, result, problem, accepted_at)`,
  ];
}
