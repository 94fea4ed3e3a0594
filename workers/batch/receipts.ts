/** The receipts of a batch: the outcome of each command, kept under its job id. */
import { type RawBuilder, sql } from 'kysely';
import type { FinishedOutcome, Outcome } from '../../src/commands/command.ts';
import type { Send } from '../../src/db/connection/pipeline.ts';
import { EachOnce } from '../../src/lanes/each-once.ts';
import type { LaneName } from '../../src/lanes/lanes.ts';
import type { IdKind } from '../rows/rows.ts';
import { tableOf } from '../rows/table-of.ts';

export interface NewReceipt {
  receiptId: string;
  lane: LaneName;
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

export interface Opening {
  /** Those that the batch's commands come from. */
  lanes: readonly LaneName[];
  /** Of all its commands. */
  receiptIds: readonly string[];
  /** How many ids to draw. Those that are not used leave gaps. */
  idCounts: Record<IdKind, number>;
  /**
   * Users and schedules whose commands in different lanes have to take turns until the commit: advisory locks,
   * taken in one order by all batches and before any row lock.
   */
  turnKeys: readonly string[];
  /** How long each statement waits for a lock until the commit, in ms; the connection's own limit without it. */
  lockTimeoutMs?: number | undefined;
  /** How long each later statement may take until the commit, in ms. */
  statementTimeoutMs?: number | undefined;
}

export interface OpenedBatch {
  /** The lanes' epochs now: another than the owner's means that the lane was taken over. */
  epochs: Map<LaneName, number>;
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
 * Opens a batch in one statement: fences it (the share locks keep takeovers out until the commit),
 * asks PostgreSQL's clock, reads the receipts of commands that were delivered before, and draws ids.
 */
export async function openBatch(
  send: Send,
  { lanes, receiptIds, idCounts, turnKeys, lockTimeoutMs, statementTimeoutMs }: Opening,
): Promise<OpenedBatch> {
  type Opened = {
    epochs: Record<LaneName, number> | null;
    now: number;
    receipts: ReceiptRecord[] | null;
  } & Partial<Record<IdKind, string[]>>;
  // Each part costs the server a good deal even where it has nothing to do, so those are left out.
  const parts = [
    ...(turnKeys.length > 0 ? [takeTurns(turnKeys)] : []),
    ...Object.entries(idCounts).flatMap(([kind, count]) => (count > 0 ? [draw(kind, count)] : [])),
  ];
  const [row] = await send(sql<Opened>`
    with fence as materialized (
      select name, epoch from lane where name = any(${[...lanes]}::text[]) order by name for share
    )
    select ${sql.join([
      ...setTimeouts({ lock_timeout: lockTimeoutMs, statement_timeout: statementTimeoutMs }),
      sql`(select json_object_agg(name, epoch) from fence) as epochs`,
      sql`(extract(epoch from now()) * 1000)::float8 as now`,
      sql`(select json_agg(json_build_object(
          'id', id, 'hash', request_hash, 'state', state, 'result', result, 'problem', problem,
          'finished', extract(epoch from finished_at) * 1000))
        from command_receipt where id = any(${[...receiptIds]}::text[])) as receipts`,
      ...parts,
    ])}`);
  if (!row) throw new Error('Opening a batch gave no row.');
  return {
    epochs: new Map(Object.entries(row.epochs ?? {}) as [LaneName, number][]),
    now: new Date(row.now),
    receipts: new Map((row.receipts ?? []).map((record) => [record.id, toReceipt(record)])),
    newIds: {
      booking: row.booking?.map(Number) ?? [],
      payment: row.payment?.map(Number) ?? [],
      concert: row.concert?.map(Number) ?? [],
      schedule: row.schedule?.map(Number) ?? [],
      webhook: row.webhook?.map(Number) ?? [],
    },
  };
}

/** First of all: what comes after it waits for locks. */
const setTimeouts = (timeouts: Record<string, number | undefined>) =>
  Object.entries(timeouts).flatMap(([name, ms]) =>
    ms === undefined ? [] : [sql`set_config(${sql.lit(name)}, ${String(ms)}, true)`],
  );

const takeTurns = (keys: readonly string[]) => sql`
  (select count(pg_advisory_xact_lock(key)) from (
    select key from unnest(${[...keys]}::bigint[]) as turn(key) order by key) sorted) as turns`;

const draw = (kind: string, count: number) => sql`
  array(select nextval(${sql.lit(`${kind}_id_seq`)}) from generate_series(1, ${count}::int))::text[]
    as ${sql.ref(kind)}`;

function toReceipt({ hash, state, result, problem, finished }: ReceiptRecord): KnownReceipt {
  const outcome = (state === 'succeeded' ? { state, result } : { state, problem }) as Outcome;
  return { outcome, finishedAt: finished, requestHash: hash };
}

/** The statement that writes one receipt a command; a second for the same job is refused by its key. */
export function insertReceipts(now: Date, receipts: readonly NewReceipt[]): RawBuilder<unknown>[] {
  if (receipts.length === 0) return [];
  const said = new EachOnce();
  const lines = receipts.map((receipt) => {
    const { outcome } = receipt;
    const text = JSON.stringify(outcome.state === 'succeeded' ? outcome.result : outcome.problem);
    return { ...receipt, text, place: said.placeOf(text) };
  });
  const { texts } = said;
  const isShared = texts.length < lines.length;
  const table = tableOf('receipt', lines, {
    id: ['text', (line) => line.receiptId],
    lane: ['text', (line) => line.lane],
    command: ['text', (line) => line.command],
    user_id: ['bigint', (line) => line.userId],
    request_hash: ['text', (line) => line.requestHash],
    state: ['text', (line) => line.outcome.state],
    accepted_at: ['timestamptz', (line) => line.acceptedAt],
    ...(isShared
      ? { place: ['int', (line) => line.place] }
      : { said: ['jsonb', (line) => line.text] }),
  });
  const saidOnce = isShared
    ? sql`
    join ${tableOf('outcome', texts, { place: ['int', (_, place) => place], said: ['jsonb', (text) => text] })}
      using (place)`
    : sql``;
  return [
    sql`
      insert into command_receipt (id, lane, command, user_id, request_hash, state, result, problem,
        accepted_at, finished_at)
      select id, lane, command, user_id, request_hash, state,
        case when state = 'succeeded' then said end, case when state <> 'succeeded' then said end,
        accepted_at, ${now}::timestamptz
      from ${table} ${saidOnce}`,
  ];
}
