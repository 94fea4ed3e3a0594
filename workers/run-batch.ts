/**
 * What is done when a batch fails: commands of several lanes go on lane by lane, a lane's batch is tried
 * again while that makes sense, and then its commands are carried out one by one, so that only the faulty
 * one fails.
 */
import { COMMAND_FAILED } from '../src/commands/command.ts';
import { applyBatch, type BatchDeps } from './apply-batch.ts';
import type { FinishedCommand, LaneBatch, OwnedLane, TakenCommand } from './batch.ts';
import { faultKind, LaneLost, retryDelayMs } from './faults.ts';
import type { Handler } from './handlers/handler.ts';

/** How often a command is tried by itself before it is given up. */
const TRIES_MAX = 3;
/** A row that somebody else holds must not keep the lanes that do not need it waiting for long. */
const SHARED_LOCK_TIMEOUT_MS = 500;

/**
 * Carries out the commands of several lanes in one transaction.
 * @returns undefined where that failed and changed nothing: the lanes have to go on one by one
 */
export async function runTogether(
  deps: BatchDeps,
  parts: readonly LaneBatch[],
): Promise<FinishedCommand[] | undefined> {
  try {
    return await applyBatch(deps, parts, { lockTimeoutMs: SHARED_LOCK_TIMEOUT_MS });
  } catch (error) {
    deps.log.warn(
      { err: error, lanes: parts.map(({ lane }) => lane.name) },
      'A batch over several lanes failed and was rolled back; they go on lane by lane.',
    );
    deps.metrics?.split('lanes', faultKind(error));
    return undefined;
  }
}

/**
 * Carries out the commands of one lane.
 * @returns one finished command for each one taken, in their order
 * @throws {LaneLost} when the lane has another owner by now; also the last fault when the lane is
 *   given up while the database is away. Nothing took effect that has no receipt.
 */
export async function runBatch(
  deps: BatchDeps,
  lane: OwnedLane,
  commands: readonly TakenCommand[],
): Promise<FinishedCommand[]> {
  try {
    return await withRetries(deps, { lane, commands }, (part) => applyBatch(deps, [part]));
  } catch (error) {
    if (isOver(error, lane)) throw error;
    deps.log.warn(
      { err: error, lane: lane.name, commands: commands.length },
      'A batch failed and was rolled back; its commands are carried out one by one now.',
    );
    deps.metrics?.split('commands', faultKind(error));
  }
  const finished: FinishedCommand[] = [];
  for (const command of commands) finished.push(await runAlone(deps, lane, command));
  return finished;
}

/** A fault of one command must not take the others of its batch along. */
async function runAlone(
  deps: BatchDeps,
  lane: OwnedLane,
  command: TakenCommand,
): Promise<FinishedCommand> {
  const { jobId, name, accepted } = command;
  const { requestId } = accepted;
  const alone = { lane, commands: [command] };
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    deps.metrics?.triedAlone();
    try {
      return only(await withRetries(deps, alone, (part) => applyBatch(deps, [part])));
    } catch (error) {
      if (isOver(error, lane)) throw error;
      deps.log.error(
        { err: error, lane: lane.name, jobId, requestId, command: name, tries },
        tries < TRIES_MAX
          ? 'A command failed and changed nothing; it is tried again.'
          : 'A command failed for the last time and changed nothing; its outcome is COMMAND_FAILED.',
      );
    }
  }
  deps.metrics?.givenUp();
  // Its receipt is written like any other, so that every retry hears the same.
  const handlerOf = () => givingUp;
  return only(await withRetries(deps, alone, (part) => applyBatch(deps, [part], { handlerOf })));
}

const givingUp: Handler = { needs: () => ({}), apply: () => COMMAND_FAILED };

/** Tries again for as long as the kind of fault makes it worth while and the lane is ours. */
async function withRetries(
  deps: Pick<BatchDeps, 'log' | 'metrics'>,
  part: LaneBatch,
  attempt: (part: LaneBatch) => Promise<FinishedCommand[]>,
): Promise<FinishedCommand[]> {
  const { lane, commands } = part;
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt(part);
    } catch (error) {
      const kind = faultKind(error);
      const delayMs = error instanceof LaneLost ? undefined : retryDelayMs(kind, tries);
      if (delayMs === undefined || lane.signal.aborted) throw error;
      deps.metrics?.retried(kind);
      if (tries === 1 || tries % 30 === 0) {
        const about = { err: error, lane: lane.name, commands: commands.length, tries };
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

function only<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error('One command gave no one outcome.');
  return item;
}
