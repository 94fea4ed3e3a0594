/**
 * The heart: carries out a batch, the commands that were taken out of one lane or several, in one transaction.
 *
 *   open (fence, clock, receipts) → load and lock → apply in order → write → commit → outcomes
 *
 * What if the process dies at a line? Before the commit: nothing happened; the lanes' next owners
 * find the jobs and carry them out. After it, before the jobs are completed: the next owners find
 * the jobs too, and their receipts, and hand out the same outcomes. So a command takes effect once.
 */
import { hash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Outcome } from '../../src/commands/command.ts';
import type { CommandName } from '../../src/commands/index.ts';
import type { Database } from '../../src/db/connection/orm.ts';
import { pipelined } from '../../src/db/connection/pipeline.ts';
import { refuse } from '../../src/domain/reasons.ts';
import { partsOfOurs } from '../../src/lanes/job-id.ts';
import {
  type Handler,
  type Needs,
  type RuleSettings,
  type RunningCommand,
  rejected,
} from '../handlers/handler.ts';
import type { ConcurrencyLimit } from '../lanes/concurrency-limit.ts';
import type { WorkerMetrics } from '../ops/metrics.ts';
import { loadRows } from '../rows/load-rows.ts';
import type { NewReceipt } from '../rows/receipt-part.ts';
import { ID_KINDS, type IdKind, NewIds } from '../rows/rows.ts';
import { writeRows } from '../rows/write-rows.ts';
import type { FinishedCommand, LaneBatch, TakenCommand } from './batch.ts';
import { inAcceptedOrder } from './command-order.ts';
import { faultKind, isForgottenUser, LaneLost } from './faults.ts';
import { type KnownReceipt, openBatch } from './receipts.ts';
import type { Users } from './users.ts';

export interface BatchDeps {
  orm: Database;
  users: Users;
  /** Limits how many keys that met a locked row are tried at a time. */
  keyTries: ConcurrencyLimit;
  handlers: Readonly<Record<CommandName, Handler>>;
  settings: RuleSettings;
  log: Logger;
  /** Counts what goes wrong. */
  metrics?: WorkerMetrics;
}

export interface ApplyOptions {
  /** How long a statement waits for a row that another transaction has locked, in ms. */
  lockTimeoutMs?: number;
  /** How long a statement may take, in ms. */
  statementTimeoutMs?: number;
  /** Another choice of handlers than `deps` has. */
  handlerOf?: (name: string) => Handler | undefined;
}

/**
 * Carries a batch out, once.
 * @returns one finished command for each one taken, in the order in which they were applied
 * @throws {LaneLost} when a lane has another owner by now; else whatever the database or a handler throws. Then
 *   nothing took effect.
 */
export async function applyBatch(
  deps: BatchDeps,
  parts: readonly LaneBatch[],
  options: ApplyOptions = {},
): Promise<FinishedCommand[]> {
  const { handlerOf = (name) => deps.handlers[name as CommandName] } = options;
  const lanes = parts.map(({ lane }) => lane);
  const batch = inAcceptedOrder(parts.map(({ commands }) => commands));
  const needing = batch.map((taken) => {
    const handler = handlerOf(taken.name);
    if (!handler) throw new Error(`No handler knows the command ${taken.name}.`);
    return { taken, handler, needs: handler.needs(taken.accepted.input) };
  });
  const { outcomes, userIds } = await pipelined(deps.orm, async (send) => {
    const load = async () => {
      const accepted = batch.map((taken) => taken.accepted);
      const userIds = await deps.users.find(send, accepted);
      const running = needing.map((each) => ({
        ...each,
        command: toRunning(each.taken, userIds),
      }));
      return { userIds, running, rows: await loadRows(send, running) };
    };
    // Both at once: where the connection is cut, one that nobody waited for yet would end the process.
    const [opened, { userIds, running, rows }] = await Promise.all([
      openBatch(send, {
        lanes: lanes.map(({ name }) => name),
        receiptIds: batch.map(({ jobId }) => receiptIdOf(jobId)),
        idCounts: countIds(needing),
        turnKeys: turnKeysOf(needing),
        lockTimeoutMs: options.lockTimeoutMs,
        statementTimeoutMs: options.statementTimeoutMs,
      }),
      load(),
    ]);
    const lost = lanes.find(({ name, epoch }) => opened.epochs.get(name) !== epoch);
    if (lost) throw new LaneLost(lost.name);
    const { now, receipts } = opened;

    rows.newIds = toNewIds(opened.newIds);
    const fresh = running.filter(({ command }) => !receipts.has(receiptIdOf(command.jobId)));
    const written = fresh.map(({ handler, command }): NewReceipt => {
      const outcome = handler.apply({ command, rows, now, settings: deps.settings });
      return { ...toReceipt(command), outcome };
    });
    writeRows(send, { rows, receipts: written, now });

    const news = new Map(written.map(({ id, outcome }) => [id, outcome]));
    const outcomes = batch.map((command) => finish(command, news, receipts, now));
    return { outcomes, userIds };
  }).catch((error) => {
    if (isForgottenUser(error)) deps.users.forget();
    else if (faultKind(error) === 'away') deps.users.doubt();
    throw error;
  });
  deps.users.remember(userIds);
  return outcomes;
}

function countIds(batch: readonly { needs: Needs }[]): Record<IdKind, number> {
  const counts = { booking: 0, payment: 0, concert: 0, schedule: 0, webhook: 0 };
  for (const { needs } of batch) {
    for (const kind of ID_KINDS) counts[kind] += needs.newIds?.[kind] ?? 0;
  }
  return counts;
}

/**
 * A user's live bookings are counted in the lanes of seats too, which must not count at once. Batches that choose the
 * best seats of a schedule would all choose the same ones, and all but one would have to be tried again.
 */
function turnKeysOf(batch: readonly { needs: Needs; taken: TakenCommand }[]): string[] {
  const turns = batch.flatMap(({ needs: { seatLimit, adjacentSeats }, taken }) => [
    ...(seatLimit ? [taken.accepted.subject] : []),
    ...(adjacentSeats ? [`the best seats of schedule ${adjacentSeats.scheduleId}`] : []),
  ]);
  return [...new Set(turns)].map((turn) =>
    hash('sha1', turn, 'buffer').readBigInt64BE().toString(),
  );
}

function toNewIds(ids: Record<IdKind, number[]>): Record<IdKind, NewIds> {
  return {
    booking: new NewIds(ids.booking),
    payment: new NewIds(ids.payment),
    concert: new NewIds(ids.concert),
    schedule: new NewIds(ids.schedule),
    webhook: new NewIds(ids.webhook),
  };
}

function toRunning(taken: TakenCommand, userIds: ReadonlyMap<string, number>): RunningCommand {
  const { jobId, name, accepted } = taken;
  const userId = userIds.get(accepted.subject);
  if (userId === undefined) throw new Error(`The user of the job ${jobId} has no row.`);
  return { ...accepted, jobId, name, userId, acceptedAt: new Date(accepted.acceptedAt) };
}

function toReceipt(command: RunningCommand): Omit<NewReceipt, 'outcome'> {
  const { name, userId, requestHash, acceptedAt } = command;
  const { lane, receiptId } = partsOfOurs(command.jobId);
  return { id: receiptId, lane, command: name, userId, requestHash, acceptedAt };
}

function finish(
  { jobId, name, accepted }: TakenCommand,
  news: ReadonlyMap<string, Outcome>,
  known: ReadonlyMap<string, KnownReceipt>,
  now: Date,
): FinishedCommand {
  const { acceptedAt, requestHash, subject, queueNumber } = accepted;
  const command = { jobId, name, subject, queueNumber, acceptedAt };
  const receiptId = receiptIdOf(jobId);
  const outcome = news.get(receiptId);
  if (outcome) return { ...command, outcome, finishedAt: now.getTime() };
  const receipt = known.get(receiptId) as KnownReceipt;
  const isSame = receipt.requestHash === requestHash;
  const { finishedAt } = receipt;
  return { ...command, outcome: isSame ? receipt.outcome : keyReused, finishedAt };
}

const keyReused = rejected(
  refuse('IDEMPOTENCY_KEY_REUSED', 'The idempotency key belongs to another request.').refusal,
);

function receiptIdOf(jobId: string): string {
  return partsOfOurs(jobId).receiptId;
}
