/**
 * Applies a batch in one transaction. A batch holds the commands that were dequeued from one or more lanes. The steps:
 *
 *   1. open: lock the lanes against a takeover, read their epochs, PostgreSQL's clock, and existing receipts
 *   2. load and lock the rows that the handlers need
 *   3. apply the commands in memory, in the order of acceptance
 *   4. write the changed rows and one receipt per command, and commit
 *
 * A command takes effect exactly once, even if the process crashes. After a crash before the commit, the lane's next
 * owner finds the jobs and applies them. After a crash between the commit and the completion of the jobs, the next owner
 * also finds their receipts, and returns the outcomes stored there.
 */
import type { Logger } from 'pino';
import type { Outcome } from '../../src/commands/command.ts';
import type { EpochMs } from '../../src/commands/epoch-ms.ts';
import type { Database } from '../../src/db/connection/orm.ts';
import { pipelined, type Send } from '../../src/db/connection/pipeline.ts';
import { refuse } from '../../src/domain/reasons.ts';
import { partsOfOurs } from '../../src/lanes/job-id.ts';
import {
  type Handler,
  type RuleSettings,
  type RunningCommand,
  rejected,
} from '../handlers/handler.ts';
import { type Handlers, handlerNamed } from '../handlers/index.ts';
import type { Needs } from '../handlers/needs.ts';
import { holdsOverByIn } from '../handlers/orders/holds-over.ts';
import type { ConcurrencyLimit } from '../lanes/concurrency-limit.ts';
import type { BatchMetrics } from '../ops/batch-metrics.ts';
import { loadRows } from '../rows/load-rows.ts';
import { byIdKind, countIds, NewIds } from '../rows/new-ids.ts';
import type { AreaLocks } from '../rows/orders/lock-areas.ts';
import type { NewReceipt } from '../rows/receipt-part.ts';
import { writeRows } from '../rows/write-rows.ts';
import { advisoryLocksOf } from './advisory-locks.ts';
import type { FinishedCommand, LaneBatch, TakenCommand } from './batch.ts';
import { inAcceptedOrder } from './command-order.ts';
import { faultKind, isForgottenUser, LaneLost } from './faults.ts';
import { type KnownReceipt, openBatch } from './open-batch.ts';
import type { Remembered } from './remembered.ts';
import { repeatBatch } from './repeat-batch.ts';
import { watchLocks } from './watch-locks.ts';

export interface BatchDeps {
  orm: Database;
  remembered: Remembered;
  /** When the oldest command that may be a payment and has no outcome was added to its lane, in ms since 1970. */
  oldestPaymentAt: () => Promise<EpochMs | undefined>;
  /** Limits how many keys are retried concurrently after their batch met a locked row. */
  keyTries: ConcurrencyLimit;
  handlers: Handlers;
  settings: RuleSettings;
  log: Logger;
  /** Counts transactions by their end, and what becomes of failed batches. */
  metrics: BatchMetrics;
}

export interface ApplyOptions {
  /** How long a statement waits for a row lock held by another transaction, in ms. */
  lockTimeoutMs: number;
  /** How long a statement may take, in ms. */
  statementTimeoutMs?: number;
  /** Overrides the handlers in `deps`. */
  handlerOf?: (name: string) => Handler | undefined;
}

/**
 * Applies a batch. It is repeated only for areas that it should have locked, or that were locked for long.
 * @returns one finished command for each command of the batch, in the order in which they were applied
 * @throws {LaneLost} when another process has taken over one of the lanes; also any error of the database or a handler.
 *   After an error nothing took effect.
 */
export function applyBatch(
  deps: BatchDeps,
  laneBatches: readonly LaneBatch[],
  options: ApplyOptions,
): Promise<FinishedCommand[]> {
  return repeatBatch(deps, laneBatches, (locks) => applyOnce(deps, laneBatches, options, locks));
}

async function applyOnce(
  deps: BatchDeps,
  laneBatches: readonly LaneBatch[],
  options: ApplyOptions,
  areaLocks: AreaLocks,
): Promise<FinishedCommand[]> {
  const { handlerOf = (name) => handlerNamed(deps.handlers, name) } = options;
  const lanes = laneBatches.map(({ lane }) => lane);
  const batch = inAcceptedOrder(laneBatches.map(({ commands }) => commands));
  const needing = batch.map((taken) => {
    const handler = handlerOf(taken.name);
    if (!handler) throw new Error(`There is no handler for the command ${taken.name}.`);
    return { taken, handler, needs: handler.needs(taken.accepted.input) };
  });
  const { users, areaUse } = deps.remembered;
  areaUse.noteWanted(needing);
  const locksAreas = areaLocks.locksAreas || areaUse.mayChange(needing);
  const { outcomes, userIds } = await pipelined(deps.orm, async (send) => {
    // Await both together: if the connection drops, a rejected promise without a handler would end the process.
    const locking = Promise.all([
      openBatch(send, {
        lanes: lanes.map(({ name }) => name),
        receiptIds: batch.map(({ jobId }) => receiptIdOf(jobId)),
        idCounts: countIds(needing.map(({ needs }) => needs)),
        ...advisoryLocksOf(needing),
        lockTimeoutMs: options.lockTimeoutMs,
        statementTimeoutMs: options.statementTimeoutMs,
      }),
      load(send, deps, needing, { ...areaLocks, locksAreas }),
    ]);
    const [opened, { userIds, running, rows }] = await watchLocks(deps.metrics, locking);
    const lost = lanes.find(({ name, epoch }) => opened.epochs.get(name) !== epoch);
    if (lost) throw new LaneLost(lost.name);

    const { now, receipts } = opened;
    deps.remembered.noteWebhook(opened.newestWebhookId);
    const overBy = await holdsOverByIn({ rows, now, needing }, deps.oldestPaymentAt);
    rows.newIds = byIdKind((kind) => new NewIds(opened.newIds[kind]));
    const newReceipts = running
      .filter(({ command }) => !receipts.has(receiptIdOf(command.jobId)))
      .map(({ handler, command }): NewReceipt => {
        const outcome = handler.apply({ command, rows, now, overBy, settings: deps.settings });
        if (handler.isOperators) rows.operatorLog.close(command, outcome);
        return { ...toReceipt(command), outcome };
      });
    writeRows(send, { rows, receipts: newReceipts, now });

    const newOutcomes = new Map(newReceipts.map(({ id, outcome }) => [id, outcome]));
    const outcomes = batch.map((command) => finish(command, newOutcomes, receipts, now));
    return { outcomes, userIds };
  }).catch((error) => {
    deps.metrics.rolledBack(error);
    if (isForgottenUser(error)) deps.remembered.forget();
    else if (faultKind(error) === 'away') deps.remembered.markStale();
    throw error;
  });
  deps.metrics.committed();
  users.remember(userIds);
  return outcomes;
}

/** Finds the users of the commands, and those that they name; then loads the rows. */
async function load(
  send: Send,
  { remembered: { users, scheduleRanges }, settings: { holdMs } }: BatchDeps,
  needing: readonly { taken: TakenCommand; handler: Handler; needs: Needs }[],
  areaLocks: AreaLocks,
) {
  const named = needing.flatMap(({ needs }) => needs.pointsOfSubject ?? []);
  const userIds = await users.find(send, [
    ...needing.map(({ taken }) => taken.accepted),
    ...named.map((subject) => ({ subject })),
  ]);
  const running = needing.map((each) => ({ ...each, command: toRunning(each.taken, userIds) }));
  const rows = await loadRows(send, running, { holdMs, areaLocks, userIds, scheduleRanges });
  return { userIds, running, rows };
}

function toRunning(taken: TakenCommand, userIds: ReadonlyMap<string, number>): RunningCommand {
  const { jobId, name, accepted } = taken;
  const userId = userIds.get(accepted.subject);
  if (userId === undefined) throw new Error(`The user of job ${jobId} has no row in app_user.`);
  return { ...accepted, jobId, name, userId, acceptedAt: new Date(accepted.acceptedAt) };
}

function toReceipt(command: RunningCommand): Omit<NewReceipt, 'outcome'> {
  const { name, userId, requestHash, acceptedAt } = command;
  const { lane, receiptId } = partsOfOurs(command.jobId);
  return { id: receiptId, lane, command: name, userId, requestHash, acceptedAt };
}

function finish(
  { jobId, name, accepted }: TakenCommand,
  newOutcomes: ReadonlyMap<string, Outcome>,
  known: ReadonlyMap<string, KnownReceipt>,
  now: Date,
): FinishedCommand {
  const { acceptedAt, requestHash, subject, entryId } = accepted;
  const command = { jobId, name, subject, entryId, acceptedAt };
  const receiptId = receiptIdOf(jobId);
  const outcome = newOutcomes.get(receiptId);
  if (outcome) return { ...command, outcome, finishedAt: now.getTime() };
  const receipt = known.get(receiptId) as KnownReceipt;
  // Another request. Each delivery must give it the same times, so it counts as refused when it came.
  if (receipt.requestHash !== requestHash) {
    return { ...command, outcome: keyReused, finishedAt: acceptedAt };
  }
  const isAgain = receipt.acceptedAt !== acceptedAt;
  const firstAcceptedAt = isAgain ? receipt.acceptedAt : undefined;
  return { ...command, outcome: receipt.outcome, finishedAt: receipt.finishedAt, firstAcceptedAt };
}

const keyReused = rejected(
  refuse('IDEMPOTENCY_KEY_REUSED', 'The idempotency key belongs to another request.').refusal,
);

function receiptIdOf(jobId: string): string {
  return partsOfOurs(jobId).receiptId;
}
