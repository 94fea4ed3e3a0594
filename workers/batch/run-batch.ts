/**
 * What happens when a batch fails. Commands of several lanes go on lane by lane; a lane's batch is retried while that
 * makes sense, and then its commands are applied one by one, so that only the faulty one fails.
 *
 * A row that another transaction has locked is nobody's fault and must hold up nothing but its own key: such a batch goes
 * on key by key, and the keys that meet the lock come back as blocked, to be retried for as long as it lasts.
 */
import { COMMAND_FAILED } from '../../src/commands/command.ts';
import type { Handler } from '../handlers/handler.ts';
import { byKey, keyOf } from '../lanes/lane-key.ts';
import { applyBatch, type BatchDeps } from './apply-batch.ts';
import { applyWithRetries, isOver, LOCK_TIMEOUT_MS } from './apply-with-retries.ts';
import type { BatchResult, FinishedCommand, LaneBatch, OwnedLane, TakenCommand } from './batch.ts';
import { faultKind } from './faults.ts';

/** How often a command is tried by itself before it is given up. */
const TRIES_MAX = 3;
/** While keys are blocked, another one is likely to meet the same lock: it must not cost all lanes half a second. */
const LOCK_TIMEOUT_WHILE_BLOCKED_MS = 100;
/** The other lanes must not wait for a statement that takes long: its lane goes on by itself. */
const SHARED_STATEMENT_TIMEOUT_MS = 5000;
/** Key by key: how long each waits for a lock. */
const KEY_LOCK_TIMEOUT_MS = 20;
/** So many keys of a batch that meet a lock are enough: the others wait with them instead of holding the lanes up. */
const LOCKS_MET_MAX = 8;

/**
 * Applies the commands of several lanes in one transaction, or key by key where a row is locked.
 * @returns undefined where that failed and changed nothing, or nothing that has no receipt: the lanes have to go on one
 *   by one
 */
export async function runTogether(
  deps: BatchDeps,
  parts: readonly LaneBatch[],
  { isAnyBlocked = false } = {},
): Promise<BatchResult | undefined> {
  const lanes = parts.map(({ lane }) => lane.name);
  const options = {
    lockTimeoutMs: isAnyBlocked ? LOCK_TIMEOUT_WHILE_BLOCKED_MS : LOCK_TIMEOUT_MS,
    statementTimeoutMs: SHARED_STATEMENT_TIMEOUT_MS,
  };
  try {
    return { finished: await applyBatch(deps, parts, options), blocked: [] };
  } catch (error) {
    const kind = faultKind(error);
    const into = kind === 'locked' ? 'keys' : 'lanes';
    deps.log.warn(
      { err: error, lanes },
      `A batch over several lanes failed and was rolled back; it is applied again in ${into}.`,
    );
    deps.metrics?.split(into, kind);
    return kind === 'locked' ? runByKey(deps, parts) : undefined;
  }
}

/**
 * Applies the commands of one lane.
 * @returns an outcome or blocked for each command
 * @throws {LaneLost} when the lane has another owner by now; also the last fault when the lane is left while
 *   PostgreSQL is away. Nothing took effect that has no receipt.
 */
export async function runBatch(
  deps: BatchDeps,
  lane: OwnedLane,
  commands: readonly TakenCommand[],
): Promise<BatchResult> {
  const part = { lane, commands };
  try {
    return { finished: await applyWithRetries(deps, part), blocked: [] };
  } catch (error) {
    if (isOver(error, lane)) throw error;
    const kind = faultKind(error);
    const into = kind === 'locked' ? 'keys' : 'commands';
    deps.log.warn(
      { err: error, lane: lane.name, commands: commands.length },
      `A batch failed and was rolled back; it is applied again in ${into}.`,
    );
    deps.metrics?.split(into, kind);
    if (kind === 'locked') return runByKey(deps, [part]);
  }
  return runOneByOne(deps, lane, commands);
}

/**
 * Applies commands of one key.
 * @param lockTimeoutMs how long it waits for a row that another transaction holds
 * @returns all of them as blocked where they meet a lock
 * @throws as `runBatch` does
 */
export async function runKey(
  deps: BatchDeps,
  part: LaneBatch,
  lockTimeoutMs: number,
): Promise<BatchResult> {
  try {
    return { finished: await applyBatch(deps, [part], { lockTimeoutMs }), blocked: [] };
  } catch (error) {
    if (isOver(error, part.lane)) throw error;
    if (faultKind(error) === 'locked') return { finished: [], blocked: [...part.commands] };
  }
  return runBatch(deps, part.lane, part.commands);
}

/** Each key in a transaction of its own. Those of one lane may overtake each other; the commands of a key may not. */
async function runByKey(deps: BatchDeps, parts: readonly LaneBatch[]): Promise<BatchResult> {
  let locksMet = 0;
  const keys = parts.flatMap(({ lane, commands }) =>
    [...byKey(commands).values()].map((ofKey) => ({ lane, commands: ofKey })),
  );
  if (keys.length === 1) return runKey(deps, keys[0] as LaneBatch, KEY_LOCK_TIMEOUT_MS);
  const run = async (part: LaneBatch): Promise<BatchResult> => {
    if (locksMet >= LOCKS_MET_MAX) return { finished: [], blocked: [...part.commands] };
    const result = await runKey(deps, part, KEY_LOCK_TIMEOUT_MS);
    if (result.blocked.length > 0) locksMet += 1;
    return result;
  };
  const settled = await Promise.allSettled(keys.map((part) => deps.keyTries.run(() => run(part))));
  const result: BatchResult = { finished: [], blocked: [] };
  for (const each of settled) {
    if (each.status === 'rejected') throw each.reason;
    result.finished.push(...each.value.finished);
    result.blocked.push(...each.value.blocked);
  }
  return result;
}

async function runOneByOne(
  deps: BatchDeps,
  lane: OwnedLane,
  commands: readonly TakenCommand[],
): Promise<BatchResult> {
  const result: BatchResult = { finished: [], blocked: [] };
  const blockedKeys = new Set<string>();
  for (const command of commands) {
    const key = keyOf(command);
    const finished = blockedKeys.has(key) ? undefined : await runAlone(deps, lane, command);
    if (finished) result.finished.push(finished);
    else {
      blockedKeys.add(key);
      result.blocked.push(command);
    }
  }
  return result;
}

/** A fault of one command must not affect the others of its batch. @returns undefined where it meets a lock */
async function runAlone(
  deps: BatchDeps,
  lane: OwnedLane,
  command: TakenCommand,
): Promise<FinishedCommand | undefined> {
  const { jobId, name, accepted } = command;
  const { requestId } = accepted;
  const alone = { lane, commands: [command] };
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    deps.metrics?.triedAlone();
    try {
      return only(await applyWithRetries(deps, alone));
    } catch (error) {
      if (isOver(error, lane)) throw error;
      if (faultKind(error) === 'locked') return undefined;
      deps.log.error(
        { err: error, lane: lane.name, jobId, requestId, command: name, tries },
        tries < TRIES_MAX
          ? 'A command failed and changed nothing; it is tried again.'
          : 'A command failed for the last time and changed nothing; its outcome is COMMAND_FAILED.',
      );
    }
  }
  deps.metrics?.givenUp();
  // Its receipt is written like any other, so that every retry gets the same outcome.
  return only(await applyWithRetries(deps, alone, { handlerOf: () => givingUp }));
}

const givingUp: Handler = { needs: () => ({}), apply: () => COMMAND_FAILED };

function only<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error('Expected exactly one outcome.');
  return item;
}
