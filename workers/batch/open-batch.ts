/**
 * Opens a batch: locks its lanes, takes its advisory locks, draws ids, and reads PostgreSQL's clock, the receipts of commands that
 * were applied before, and the newest webhook. A receipt stores the outcome of a command under its receipt id.
 */
import { type InferResult, sql } from 'kysely';
import type { FinishedOutcome, Outcome } from '../../src/commands/command.ts';
import type { EpochMs } from '../../src/commands/epoch-ms.ts';
import type { Send } from '../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, rareStatement, statement } from '../../src/db/statement.ts';
import type { LaneName } from '../../src/lanes/lanes.ts';
import { byIdKind, ID_KINDS, type IdKind } from '../rows/new-ids.ts';
import { type AdvisoryLocks, type Turns, takeAdvisoryLocks, takeTurns } from './advisory-locks.ts';

/** An existing receipt: the command already took effect or was refused. */
export interface KnownReceipt extends Pick<FinishedOutcome, 'outcome' | 'finishedAt'> {
  /** Differs from the command's hash when the idempotency key was used for another request. */
  requestHash: string;
  /** In ms since 1970. */
  acceptedAt: EpochMs;
}

export interface Opening extends AdvisoryLocks {
  /** The lanes of the batch. */
  lanes: readonly LaneName[];
  /** The receipt ids of all commands of the batch. */
  receiptIds: readonly string[];
  /** How many ids to draw from each sequence. Unused ids leave gaps. */
  idCounts: Record<IdKind, number>;
  /** The lock timeout of the transaction, in ms. */
  lockTimeoutMs: number;
  /** The timeout of each later statement of the transaction, in ms. Default: the setting of the connection. */
  statementTimeoutMs?: number | undefined;
}

export interface OpenedBatch {
  /** The current epochs of the lanes. A lane whose epoch differs from the owner's has been taken over. */
  epochs: Map<LaneName, number>;
  now: Date;
  receipts: Map<string, KnownReceipt>;
  /** The highest id of a webhook, also of a removed one; 0 if there is none. */
  newestWebhookId: number;
  newIds: Record<IdKind, number[]>;
}

interface ReceiptRecord {
  id: string;
  hash: string;
  state: Outcome['state'];
  result: object;
  problem: object;
  accepted: EpochMs;
  finished: EpochMs;
}

type Opened = InferResult<ReturnType<typeof opening>>[number] & Partial<Record<IdKind, string[]>>;

interface OpeningValues {
  lanes: readonly LaneName[];
  receiptIds: readonly string[];
  lockTimeout: string;
  statementTimeout: string | null;
}

const opening = (given: Given<OpeningValues>) =>
  db
    .with(
      (owned) => owned('owned').materialized(),
      (with_) =>
        with_
          .selectFrom('lane')
          .select(['name', 'epoch'])
          .where('name', '=', anyOf(given.lanes))
          .orderBy('name')
          .forShare(),
    )
    // The timeouts come first, because the later expressions wait for locks.
    .selectNoFrom([
      sql`set_config('lock_timeout', ${given.lockTimeout}, true)`.as('lock_timeout'),
      sql`case when ${given.statementTimeout}::text is not null
        then set_config('statement_timeout', ${given.statementTimeout}, true) end`.as(
        'statement_timeout',
      ),
      sql<Record<LaneName, number> | null>`(select json_object_agg(name, epoch) from owned)`.as(
        'epochs',
      ),
      sql<Date>`now()`.as('now'),
      sql<ReceiptRecord[] | null>`(select json_agg(json_build_object(
          'id', id, 'hash', request_hash, 'state', state, 'result', result, 'problem', problem,
          'accepted', extract(epoch from accepted_at) * 1000,
          'finished', extract(epoch from finished_at) * 1000))
        from command_receipt where id = any(${given.receiptIds}))`.as('receipts'),
      sql<string | null>`(select max(id) from webhook)`.as('newest_webhook_id'),
    ]);

/** How many ids to draw. */
type Counts = Record<IdKind, number>;

/** The sequences that do not have the name of their kind. */
const SEQUENCES: Partial<Record<IdKind, string>> = {
  order: 'app_order_id_seq',
  queue: 'waiting_queue_id_seq',
};

/** PostgreSQL returns the ids as text. */
const draw = <Kind extends IdKind>(kind: Kind, given: Given<Pick<Counts, Kind>>) =>
  sql<string[]>`array(
    select nextval(${sql.lit(SEQUENCES[kind] ?? `${kind}_id_seq`)})
    from generate_series(1, ${given[kind]}::int))`.as(kind);

type Locks = Pick<AdvisoryLocks, 'advisoryLockKeys'>;
type Purchase = Pick<Counts, 'order' | 'booking' | 'payment' | 'checkout'>;

const drawPurchase = (given: Given<Purchase>) =>
  (['order', 'booking', 'payment', 'checkout'] as const).map((kind) => draw(kind, given));

// Each part takes noticeable time in PostgreSQL even when it has no work, so batches use the smallest variant that fits.
const open = statement('open a batch', (given: Given<OpeningValues>) => opening(given));
const openForPayments = statement(
  'open a batch of payments',
  (given: Given<OpeningValues & Pick<Counts, 'payment'>>) =>
    opening(given).select(draw('payment', given)),
);
const openForOrders = statement(
  'open a batch of new orders',
  (given: Given<OpeningValues & Locks & Pick<Counts, 'order' | 'booking' | 'payment'>>) =>
    opening(given).select([
      takeAdvisoryLocks(given.advisoryLockKeys),
      draw('order', given),
      draw('booking', given),
      draw('payment', given),
    ]),
);
const openForCheckouts = statement(
  'open a batch of checkouts',
  (given: Given<OpeningValues & Locks & Purchase>) =>
    opening(given).select([takeAdvisoryLocks(given.advisoryLockKeys), ...drawPurchase(given)]),
);
const openForBestSeats = statement(
  'open a batch that chooses seats',
  (given: Given<OpeningValues & Turns & Purchase>) =>
    opening(given).select([takeTurns(given), ...drawPurchase(given)]),
);
const drawAll = (given: Given<Counts>) => ID_KINDS.map((kind) => draw(kind, given));
const openForOperators = rareStatement((given: Given<OpeningValues & Locks & Counts>) =>
  opening(given).select([takeAdvisoryLocks(given.advisoryLockKeys), ...drawAll(given)]),
);
const openForOperatorsAndBestSeats = rareStatement((given: Given<OpeningValues & Turns & Counts>) =>
  opening(given).select([takeTurns(given), ...drawAll(given)]),
);

function chooseOpening(
  { advisoryLockKeys, choosesSeats, idCounts }: Opening,
  values: OpeningValues,
) {
  const { order, booking, payment, checkout, ...rare } = idCounts;
  const isRare = Object.values(rare).some((count) => count > 0);
  if (isRare) {
    const openRare = choosesSeats ? openForOperatorsAndBestSeats : openForOperators;
    return openRare({ ...values, advisoryLockKeys, ...idCounts });
  }
  const locked = { ...values, advisoryLockKeys, order, booking, payment };
  if (choosesSeats) return openForBestSeats({ ...locked, checkout });
  if (checkout > 0) return openForCheckouts({ ...locked, checkout });
  if (advisoryLockKeys.length + order + booking > 0) return openForOrders(locked);
  if (payment > 0) return openForPayments({ ...values, payment });
  return open(values);
}

/**
 * Opens a batch in one statement: locks the rows of its lanes, so that no other process can take over a lane before the
 * commit, and reads their epochs; reads PostgreSQL's clock; finds the receipts of commands that were applied before, and the
 * newest webhook; takes the advisory locks; and draws ids from the sequences.
 */
export async function openBatch(send: Send, opening: Opening): Promise<OpenedBatch> {
  const { lanes, receiptIds, lockTimeoutMs, statementTimeoutMs } = opening;
  const [row] = await send<Opened>(
    chooseOpening(opening, {
      lanes,
      receiptIds,
      lockTimeout: String(lockTimeoutMs),
      statementTimeout: statementTimeoutMs?.toString() ?? null,
    }),
  );
  if (!row) throw new Error('The statement that opens a batch returned no row.');
  return {
    epochs: new Map(Object.entries(row.epochs ?? {}) as [LaneName, number][]),
    now: row.now,
    receipts: new Map((row.receipts ?? []).map((record) => [record.id, toReceipt(record)])),
    newestWebhookId: Number(row.newest_webhook_id),
    newIds: byIdKind((kind) => row[kind]?.map(Number) ?? []),
  };
}

function toReceipt(record: ReceiptRecord): KnownReceipt {
  const { hash, state, result, problem, accepted, finished } = record;
  const outcome = (state === 'succeeded' ? { state, result } : { state, problem }) as Outcome;
  return { outcome, acceptedAt: accepted, finishedAt: finished, requestHash: hash };
}
