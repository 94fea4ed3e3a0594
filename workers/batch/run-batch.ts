/**
 * Runs batches and handles their failures. When a batch over several lanes fails, its lanes are applied one by one. The
 * batch of one lane is retried after transient faults; after any other fault its commands are applied one by one, so
 * that only the faulty command fails.
 *
 * A row locked by another transaction must delay only the commands of its key. A batch that meets one is split into
 * keys. The keys that still meet the lock are returned as blocked, and are retried until it is released.
 */
import { COMMAND_FAILED } from '../../src/commands/command.ts';
import type { Handler } from '../handlers/handler.ts';
import { keyOf } from '../lanes/lane-key.ts';
import { applyBatch, type BatchDeps } from './apply-batch.ts';
import { applyWithRetries, LOCK_TIMEOUT_MS, mustLeaveLane } from './apply-with-retries.ts';
import type { BatchResult, FinishedCommand, LaneBatch, OwnedLane, TakenCommand } from './batch.ts';
import { faultKind } from './faults.ts';
import { type Group, groupsOf, logFailedGroup } from './groups.ts';

/** How often a command is tried by itself before it fails with COMMAND_FAILED. */
const TRIES_MAX = 3;
/** While keys are blocked, other keys are likely to meet the same lock. A shorter timeout keeps the lanes moving. */
const LOCK_TIMEOUT_WHILE_BLOCKED_MS = 100;
/** After this time a slow statement is cancelled and its lane runs separately, so that the other lanes do not wait. */
const SHARED_STATEMENT_TIMEOUT_MS = 5000;
/** The lock timeout while a batch is applied key by key. */
const KEY_LOCK_TIMEOUT_MS = 20;
/** After this many keys of a batch have met a lock, its remaining keys count as blocked without being tried. */
const LOCKS_MET_MAX = 8;

/**
 * Applies the commands of several lanes in one transaction, or key by key if a row is locked.
 * @returns undefined if that failed and the lanes must be applied one by one. Every command that took effect has a
 *   receipt.
 */
export async function runTogether(
  deps: BatchDeps,
  laneBatches: readonly LaneBatch[],
  { isAnyBlocked = false } = {},
): Promise<BatchResult | undefined> {
  const lanes = laneBatches.map(({ lane }) => lane.name);
  const options = {
    lockTimeoutMs: isAnyBlocked ? LOCK_TIMEOUT_WHILE_BLOCKED_MS : LOCK_TIMEOUT_MS,
    statementTimeoutMs: SHARED_STATEMENT_TIMEOUT_MS,
  };
  try {
    return { finished: await applyBatch(deps, laneBatches, options), blocked: [] };
  } catch (error) {
    const kind = faultKind(error);
    const into = kind === 'locked' ? 'keys' : 'lanes';
    deps.log.warn(
      { err: error, lanes },
      `A batch over several lanes failed and was rolled back; it is retried, split into ${into}.`,
    );
    deps.metrics.split(into, kind);
    return kind === 'locked' ? runByKey(deps, laneBatches) : undefined;
  }
}

/**
 * Applies the commands of one lane.
 * @returns each command, either finished or blocked
 * @throws {LaneLost} when another process has taken over the lane; also the last fault when the lane is released while
 *   PostgreSQL cannot be reached. Every command that took effect has a receipt.
 */
export async function runBatch(
  deps: BatchDeps,
  lane: OwnedLane,
  commands: readonly TakenCommand[],
): Promise<BatchResult> {
  const laneBatch = { lane, commands };
  try {
    return { finished: await applyWithRetries(deps, laneBatch), blocked: [] };
  } catch (error) {
    if (mustLeaveLane(error, lane)) throw error;
    const kind = faultKind(error);
    const into = kind === 'locked' ? 'keys' : 'commands';
    deps.log.warn(
      { err: error, lane: lane.name, commands: commands.length },
      `A batch failed and was rolled back; it is retried, split into ${into}.`,
    );
    deps.metrics.split(into, kind);
    if (kind === 'locked') return runByKey(deps, [laneBatch]);
  }
  return runOneByOne(deps, lane, commands);
}

/**
 * Applies commands of one key.
 * @param lockTimeoutMs how long to wait for a row lock, in ms
 * @returns all commands as blocked if they meet a lock
 * @throws as `runBatch` does
 */
export async function runKey(
  deps: BatchDeps,
  laneBatch: LaneBatch,
  lockTimeoutMs: number,
): Promise<BatchResult> {
  try {
    return { finished: await applyBatch(deps, [laneBatch], { lockTimeoutMs }), blocked: [] };
  } catch (error) {
    if (mustLeaveLane(error, laneBatch.lane)) throw error;
    if (faultKind(error) === 'locked') return { finished: [], blocked: [...laneBatch.commands] };
  }
  return runBatch(deps, laneBatch.lane, laneBatch.commands);
}

/** Applies each group of keys in a separate transaction. Keys may overtake each other; the commands of one key may not. */
async function runByKey(deps: BatchDeps, laneBatches: readonly LaneBatch[]): Promise<BatchResult> {
  let locksMet = 0;
  const groups = laneBatches.flatMap((laneBatch) => groupsOf(deps, laneBatch));
  if (groups.length === 1) return runKey(deps, groups[0] as Group, KEY_LOCK_TIMEOUT_MS);
  const run = async (group: Group): Promise<BatchResult> => {
    // Commands that choose their seats can choose others than those that are locked.
    if (locksMet >= LOCKS_MET_MAX && !group.isOfBest)
      return { finished: [], blocked: [...group.commands] };
    const result = await runKey(deps, group, KEY_LOCK_TIMEOUT_MS);
    if (result.blocked.length > 0) locksMet += 1;
    return result;
  };
  const settled = await Promise.allSettled(
    groups.map((group) => deps.keyTries.run(() => run(group))),
  );
  const result: BatchResult = { finished: [], blocked: [] };
  for (const [index, each] of settled.entries()) {
    if (each.status === 'rejected') logFailedGroup(deps, groups[index] as Group, each.reason);
  }
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

/** Applies one command, so that its fault cannot affect the rest of its batch. @returns undefined if it meets a lock */
async function runAlone(
  deps: BatchDeps,
  lane: OwnedLane,
  command: TakenCommand,
): Promise<FinishedCommand | undefined> {
  const { jobId, name, accepted } = command;
  const { requestId } = accepted;
  const alone = { lane, commands: [command] };
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    deps.metrics.triedAlone();
    try {
      return only(await applyWithRetries(deps, alone));
    } catch (error) {
      if (mustLeaveLane(error, lane)) throw error;
      if (faultKind(error) === 'locked') return undefined;
      deps.log.error(
        { err: error, lane: lane.name, jobId, requestId, command: name, tries },
        tries < TRIES_MAX
          ? 'A command failed and was rolled back; it will be retried.'
          : 'A command failed on its last try and was rolled back; its outcome is COMMAND_FAILED.',
      );
    }
  }
  deps.metrics.givenUp();
  // The failure gets a receipt too, so that every retry of the request returns the same outcome.
  return only(await applyWithRetries(deps, alone, { handlerOf: () => commandFailed }));
}

const commandFailed: Handler = { needs: () => ({}), apply: () => COMMAND_FAILED };

function only<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error('Expected exactly one outcome.');
  return item;
}
