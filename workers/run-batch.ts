/**
 * The heart: carries out the commands that a lane's loop took, in their order, in one transaction.
 *
 *   open (fence, clock, receipts) → load and lock → apply in order → write → commit → outcomes
 *
 * What if the process dies at a line? Before the commit: nothing happened; the lane's next owner
 * finds the jobs and carries them out. After it, before the jobs are completed: the next owner finds
 * the jobs too, and their receipts, and hands out the same outcomes. So a command takes effect once.
 */
import { hash } from 'node:crypto';
import type { Logger } from 'pino';
import {
  type AcceptedCommand,
  COMMAND_FAILED,
  type FinishedOutcome,
  type Outcome,
} from '../src/commands/command.ts';
import type { CommandName } from '../src/commands/index.ts';
import type { Database } from '../src/db/orm.ts';
import { refuse } from '../src/domain/reasons.ts';
import { parseJobId } from '../src/lanes/job-id.ts';
import type { LaneName } from '../src/lanes/lanes.ts';
import { faultKind, LaneLost, retryDelayMs } from './faults.ts';
import {
  type Handler,
  type Needs,
  type RuleSettings,
  type RunningCommand,
  rejected,
} from './handlers/handler.ts';
import { loadRows } from './load-rows.ts';
import { insertReceipts, type KnownReceipt, type NewReceipt, openBatch } from './receipts.ts';
import { type IdKind, NewIds } from './rows.ts';
import type { Users } from './users.ts';
import { writeRows } from './write-rows.ts';

/** A lane in this process's hands. */
export interface OwnedLane {
  name: LaneName;
  /** The lane's epoch since it was taken; a batch under another one changes nothing. */
  epoch: number;
  /** Aborted when the lane is given back or lost. */
  signal: AbortSignal;
}

/** A command as it was taken out of its lane. */
export interface TakenCommand {
  jobId: string;
  name: string;
  accepted: AcceptedCommand;
}

/** A command with its outcome; times in ms since 1970. */
export interface FinishedCommand extends FinishedOutcome {
  jobId: string;
  name: string;
  subject: string;
  acceptedAt: number;
}

export interface BatchDeps {
  orm: Database;
  users: Users;
  handlers: Readonly<Record<CommandName, Handler>>;
  settings: RuleSettings;
  log: Logger;
}

/** How often a command is tried by itself before it is given up. */
const TRIES_MAX = 3;

/**
 * Carries out a batch.
 * @returns one finished command for each one taken, in their order
 * @throws {LaneLost} when the lane has another owner by now; also the last fault when the lane is
 *   given up while the database is away. Nothing took effect that has no receipt.
 */
export async function runBatch(
  deps: BatchDeps,
  lane: OwnedLane,
  batch: readonly TakenCommand[],
): Promise<FinishedCommand[]> {
  try {
    return await withRetries(deps, lane, batch, () => applyBatch(deps, lane, batch));
  } catch (error) {
    if (isOver(error, lane)) throw error;
    deps.log.warn(
      { err: error, lane: lane.name, commands: batch.length },
      'A batch failed and was rolled back; its commands are carried out one by one now.',
    );
  }
  const finished: FinishedCommand[] = [];
  for (const command of batch) finished.push(await runAlone(deps, lane, command));
  return finished;
}

/** A fault of one command must not take the others of its batch along. */
async function runAlone(
  deps: BatchDeps,
  lane: OwnedLane,
  command: TakenCommand,
): Promise<FinishedCommand> {
  const alone = [command];
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    try {
      return only(await withRetries(deps, lane, alone, () => applyBatch(deps, lane, alone)));
    } catch (error) {
      if (isOver(error, lane)) throw error;
      deps.log.error(
        { err: error, lane: lane.name, jobId: command.jobId, command: command.name, tries },
        tries < TRIES_MAX
          ? 'A command failed and changed nothing; it is tried again.'
          : 'A command failed for the last time and changed nothing; its outcome is COMMAND_FAILED.',
      );
    }
  }
  // Its receipt is written like any other, so that every retry hears the same.
  const writeFailure = () => applyBatch(deps, lane, alone, () => givingUp);
  return only(await withRetries(deps, lane, alone, writeFailure));
}

const givingUp: Handler = { needs: () => ({}), apply: () => COMMAND_FAILED };

async function applyBatch(
  deps: BatchDeps,
  lane: OwnedLane,
  batch: readonly TakenCommand[],
  handlerOf: (name: string) => Handler | undefined = (name) => deps.handlers[name as CommandName],
): Promise<FinishedCommand[]> {
  const needing = batch.map((taken) => {
    const handler = handlerOf(taken.name);
    if (!handler) throw new Error(`No handler knows the command ${taken.name}.`);
    return { taken, handler, needs: handler.needs(taken.accepted.input) };
  });
  const { outcomes, userIds } = await deps.orm.em.fork().transactional(async (em) => {
    const db = em.getKysely();
    const receiptIds = batch.map(({ jobId }) => receiptIdOf(jobId));
    const opened = await openBatch(db, lane.name, receiptIds, {
      idCounts: countIds(needing),
      turnKeys: turnKeysOf(needing),
    });
    if (opened?.epoch !== lane.epoch) throw new LaneLost(lane.name);
    const { now, receipts } = opened;

    const fresh = needing.filter(({ taken }) => !receipts.has(receiptIdOf(taken.jobId)));
    const userIds = await deps.users.find(
      db,
      fresh.map(({ taken }) => taken.accepted),
    );
    const running = fresh.map((each) => ({ ...each, command: toRunning(each.taken, userIds) }));
    const rows = await loadRows(db, running, { now, holdGraceMs: deps.settings.holdGraceMs });
    rows.newIds = toNewIds(opened.newIds);
    const written = running.map(({ handler, command }): NewReceipt => {
      const outcome = handler.apply({ command, rows, now, settings: deps.settings });
      return { ...toReceipt(command), outcome };
    });
    await writeRows(db, rows, now, insertReceipts({ lane: lane.name, now }, written));

    const news = new Map(written.map(({ receiptId, outcome }) => [receiptId, outcome]));
    const outcomes = batch.map((command) => finish(command, news, receipts, now));
    return { outcomes, userIds };
  });
  deps.users.remember(userIds);
  return outcomes;
}

const ID_KINDS: readonly IdKind[] = ['booking', 'payment', 'concert', 'schedule', 'webhook'];

function countIds(batch: readonly { needs: Needs }[]): Record<IdKind, number> {
  const counts = { booking: 0, payment: 0, concert: 0, schedule: 0, webhook: 0 };
  for (const { needs } of batch) {
    for (const kind of ID_KINDS) counts[kind] += needs.newIds?.[kind] ?? 0;
  }
  return counts;
}

/** A user's live bookings are counted in the lanes of seats too, which must not count at once. */
function turnKeysOf(batch: readonly { needs: Needs; taken: TakenCommand }[]): string[] {
  const limited = batch.filter(({ needs }) => needs.seatLimit);
  const subjects = new Set(limited.map(({ taken }) => taken.accepted.subject));
  return [...subjects].map((subject) =>
    hash('sha1', subject, 'buffer').readBigInt64BE().toString(),
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
  return { receiptId: receiptIdOf(command.jobId), command: name, userId, requestHash, acceptedAt };
}

function finish(
  { jobId, name, accepted }: TakenCommand,
  news: ReadonlyMap<string, Outcome>,
  known: ReadonlyMap<string, KnownReceipt>,
  now: Date,
): FinishedCommand {
  const { acceptedAt, requestHash, subject } = accepted;
  const receiptId = receiptIdOf(jobId);
  const outcome = news.get(receiptId);
  if (outcome) return { jobId, name, subject, acceptedAt, outcome, finishedAt: now.getTime() };
  const receipt = known.get(receiptId) as KnownReceipt;
  const isSame = receipt.requestHash === requestHash;
  return {
    ...{ jobId, name, subject, acceptedAt, finishedAt: receipt.finishedAt },
    outcome: isSame ? receipt.outcome : keyReused,
  };
}

const keyReused = rejected(
  refuse('IDEMPOTENCY_KEY_REUSED', 'The idempotency key belongs to another request.').refusal,
);

/** Tries again for as long as the kind of fault makes it worth while and the lane is ours. */
async function withRetries<Result>(
  deps: Pick<BatchDeps, 'log'>,
  lane: OwnedLane,
  batch: readonly TakenCommand[],
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const kind = faultKind(error);
      const delayMs = error instanceof LaneLost ? undefined : retryDelayMs(kind, tries);
      if (delayMs === undefined || lane.signal.aborted) throw error;
      if (tries === 1 || tries % 30 === 0) {
        const about = { err: error, lane: lane.name, commands: batch.length, tries };
        deps.log.warn(about, 'A batch was rolled back and is tried again.');
      }
      await pause(delayMs, lane.signal);
    }
  }
}

function isOver(error: unknown, lane: OwnedLane): boolean {
  return error instanceof LaneLost || lane.signal.aborted;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

function receiptIdOf(jobId: string): string {
  const parts = parseJobId(jobId);
  if (!parts) throw new Error(`${jobId} is no job id of ours.`);
  return parts.receiptId;
}

function only<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error('One command gave no one outcome.');
  return item;
}
