/** The receipts of a batch: the outcome of each command, kept under its job id. */
import { type RawBuilder, sql } from 'kysely';
import type { FinishedOutcome, Outcome } from '../../src/commands/command.ts';
import type { Send } from '../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../src/db/statement.ts';
import type { LaneName } from '../../src/lanes/lanes.ts';
import { ID_KINDS, type IdKind } from '../rows/rows.ts';

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

interface OpeningValues {
  lanes: readonly LaneName[];
  receiptIds: readonly string[];
  lockTimeout: string | null;
  statementTimeout: string | null;
}

/** Until the commit. Where none is given, the connection's own stays. */
const setTimeout = (name: string, given: RawBuilder<string | null>) =>
  sql`set_config(${sql.lit(name)}, coalesce(${given}::text, current_setting(${sql.lit(name)})), true)`;

const opening = (given: Given<OpeningValues>) =>
  db
    .with(
      (fence) => fence('fence').materialized(),
      (with_) =>
        with_
          .selectFrom('lane')
          .select(['name', 'epoch'])
          .where('name', '=', anyOf(given.lanes))
          .orderBy('name')
          .forShare(),
    )
    // The timeouts first of all: what comes after them waits for locks.
    .selectNoFrom([
      setTimeout('lock_timeout', given.lockTimeout).as('lock_timeout'),
      setTimeout('statement_timeout', given.statementTimeout).as('statement_timeout'),
      sql<Record<LaneName, number> | null>`(select json_object_agg(name, epoch) from fence)`.as(
        'epochs',
      ),
      sql<Date>`now()`.as('now'),
      sql<ReceiptRecord[] | null>`(select json_agg(json_build_object(
          'id', id, 'hash', request_hash, 'state', state, 'result', result, 'problem', problem,
          'finished', extract(epoch from finished_at) * 1000))
        from command_receipt where id = any(${given.receiptIds}))`.as('receipts'),
    ]);

/** Each sequence with how many ids to draw from it. */
interface Drawn {
  sequences: readonly string[];
  counts: readonly number[];
}

/** The ids, each with the place of its sequence, from 1. */
const draw = ({ sequences, counts }: Given<Drawn>) =>
  sql<[place: number, id: number][] | null>`(
    select json_agg(json_build_array(place, nextval(sequence)))
    from unnest(${sequences}::regclass[], ${counts}::int[]) with ordinality
      as drawn(sequence, count, place), generate_series(1, count))`.as('drawn');

const takeTurns = (keys: RawBuilder<readonly string[]>) =>
  sql`(select count(pg_advisory_xact_lock(key)) from (
    select key from unnest(${keys}::bigint[]) as turn(key) order by key) sorted)`.as('turns');

// Each part costs the server a good deal even where it has nothing to do, so those are left out.
const open = statement('open a batch', (given: Given<OpeningValues>) =>
  opening(given).select(noIds),
);
const openDrawing = statement('open a batch, drawing ids', (given: Given<OpeningValues & Drawn>) =>
  opening(given).select(draw(given)),
);
const openTakingTurns = statement(
  'open a batch, taking turns',
  (given: Given<OpeningValues & Drawn & { turnKeys: readonly string[] }>) =>
    opening(given).select([takeTurns(given.turnKeys), draw(given)]),
);
const noIds = sql<null>`null`.as('drawn');

/**
 * Opens a batch in one statement: fences it (the share locks keep takeovers out until the commit),
 * asks PostgreSQL's clock, reads the receipts of commands that were delivered before, and draws ids.
 */
export async function openBatch(send: Send, opening: Opening): Promise<OpenedBatch> {
  const { lanes, receiptIds, idCounts, turnKeys, lockTimeoutMs, statementTimeoutMs } = opening;
  const values = {
    ...{ lanes, receiptIds },
    lockTimeout: lockTimeoutMs?.toString() ?? null,
    statementTimeout: statementTimeoutMs?.toString() ?? null,
  };
  const kinds = ID_KINDS.filter((kind) => idCounts[kind] > 0);
  const drawn = {
    sequences: kinds.map((kind) => `${kind}_id_seq`),
    counts: kinds.map((kind) => idCounts[kind]),
  };
  const [row] = await send(
    turnKeys.length > 0
      ? openTakingTurns({ ...values, ...drawn, turnKeys })
      : kinds.length > 0
        ? openDrawing({ ...values, ...drawn })
        : open(values),
  );
  if (!row) throw new Error('Opening a batch gave no row.');
  const newIds: Record<IdKind, number[]> = {
    ...{ booking: [], payment: [], concert: [], schedule: [], webhook: [] },
  };
  for (const [place, id] of row.drawn ?? []) newIds[kinds[place - 1] as IdKind].push(id);
  return {
    epochs: new Map(Object.entries(row.epochs ?? {}) as [LaneName, number][]),
    now: row.now,
    receipts: new Map((row.receipts ?? []).map((record) => [record.id, toReceipt(record)])),
    newIds,
  };
}

function toReceipt({ hash, state, result, problem, finished }: ReceiptRecord): KnownReceipt {
  const outcome = (state === 'succeeded' ? { state, result } : { state, problem }) as Outcome;
  return { outcome, finishedAt: finished, requestHash: hash };
}
