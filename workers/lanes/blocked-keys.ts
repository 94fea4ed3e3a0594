/**
 * Holds the commands that need a row locked by another transaction, grouped by key, while their lanes continue.
 *
 * In Redis these commands stay in the lane's list `active`, so the next owner finds them in order if this one crashes.
 * When a lane is released or lost, its blocked commands are dropped here. Later commands of a blocked key wait behind the
 * earlier ones without being tried, because commands of one key must not overtake each other.
 */
import type { Logger } from 'pino';
import type { LaneName } from '../../src/lanes/lanes.ts';
import type {
  BatchResult,
  FinishedCommand,
  LaneBatch,
  OwnedLane,
  TakenCommand,
} from '../batch/batch.ts';
import { pause } from '../pause.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { byKey, keyOf } from './lane-key.ts';

/** Maximum of blocked commands per lane. Each dequeue sends their ids to Redis. */
const BLOCKED_MAX = 2000;
/** Delays before the retries of a blocked key, in ms. */
const RETRY_DELAYS_MS = [50, 100, 200, 400, 500];
/**
 * Duration of one round over all blocked keys, in ms. PostgreSQL grants a lock in the order of the waiters, so a retry
 * waits as long as the number of blocked keys allows.
 */
const ROUND_MS = 2000;
const LOCK_TIMEOUT_MS_MIN = 20;
const LOCK_TIMEOUT_MS_MAX = 1000;

export interface BlockedKeysDeps {
  /** Maximum of commands of one key that are retried together. */
  batchSize: number;
  /** Limits the concurrent retries. */
  limit: ConcurrencyLimit;
  /** Retries commands of one key. @throws {LaneLost} or the fault after which this process must leave the lane */
  run(laneBatch: LaneBatch, lockTimeoutMs: number): Promise<BatchResult>;
  finish(finished: readonly FinishedCommand[]): void;
  /** Called once for each blocked key, when the first of its commands were applied. @param ms since they were set aside */
  unblocked(ms: number): void;
  /** Leaves a lane, so that its next owner finds the commands. */
  leave(lane: OwnedLane): void;
  log: Logger;
}

interface BlockedLane {
  lane: OwnedLane;
  keys: Map<string, TakenCommand[]>;
  jobIds: Set<string>;
}

export class BlockedKeys {
  readonly #deps: BlockedKeysDeps;
  readonly #lanes = new Map<LaneName, BlockedLane>();
  readonly #retries = new Set<Promise<void>>();

  constructor(deps: BlockedKeysDeps) {
    this.#deps = deps;
  }

  /** The ids of a lane's blocked jobs. */
  jobIdsIn(lane: LaneName): readonly string[] {
    const blocked = this.#lanes.get(lane);
    return blocked ? [...blocked.jobIds] : [];
  }

  /** Whether a lane has so many blocked commands that it must not dequeue more. */
  isFull(lane: LaneName): boolean {
    return (this.#lanes.get(lane)?.jobIds.size ?? 0) >= BLOCKED_MAX;
  }

  /** Number of blocked commands in all lanes. */
  get count(): number {
    return [...this.#lanes.values()].reduce((sum, { jobIds }) => sum + jobIds.size, 0);
  }

  /**
   * Keeps the commands whose key is blocked, behind the earlier commands of the key.
   * @returns the other commands, in their order
   */
  sift(lane: OwnedLane, commands: readonly TakenCommand[]): TakenCommand[] {
    const blocked = this.#of(lane);
    if (!blocked) return [...commands];
    return commands.filter((command) => {
      if (blocked.jobIds.has(command.jobId)) return false;
      const others = blocked.keys.get(keyOf(command));
      if (!others) return true;
      others.push(command);
      blocked.jobIds.add(command.jobId);
      return false;
    });
  }

  /** Takes over commands that met a lock, and retries them until they finish. @param commands all commands of each key */
  block(lane: OwnedLane, commands: readonly TakenCommand[]): void {
    if (commands.length === 0 || lane.signal.aborted) return;
    const blocked = this.#of(lane) ?? this.#open(lane);
    for (const [key, ofKey] of byKey(commands)) {
      blocked.keys.set(key, ofKey);
      for (const { jobId } of ofKey) blocked.jobIds.add(jobId);
      const retry = this.#retry(blocked, key);
      this.#retries.add(retry);
      void retry.finally(() => this.#retries.delete(retry));
    }
  }

  /** Resolves when the retries in flight have ended. Lanes that were left start no new ones. */
  async settled(): Promise<void> {
    await Promise.all(this.#retries);
  }

  #of(lane: OwnedLane): BlockedLane | undefined {
    const blocked = this.#lanes.get(lane.name);
    return blocked?.lane === lane ? blocked : undefined;
  }

  #open(lane: OwnedLane): BlockedLane {
    const blocked: BlockedLane = { lane, keys: new Map(), jobIds: new Set() };
    this.#lanes.set(lane.name, blocked);
    const forget = () => {
      if (this.#lanes.get(lane.name) === blocked) this.#lanes.delete(lane.name);
    };
    lane.signal.addEventListener('abort', forget, { once: true });
    return blocked;
  }

  /** Never rejects. Ends when the last command of the key has finished, or the lane is left. */
  async #retry({ lane, keys, jobIds }: BlockedLane, key: string): Promise<void> {
    const commands = keys.get(key) as TakenCommand[];
    const blockedAt = performance.now();
    let isBlocked = true;
    for (let tries = 0; commands.length > 0; ) {
      if (tries > 0) await pause(delayMs(tries), lane.signal);
      const laneBatch = { lane, commands: commands.slice(0, this.#deps.batchSize) };
      const result = await this.#deps.limit.run(() => this.#try(laneBatch));
      if (result && result.finished.length > 0) {
        if (isBlocked) this.#deps.unblocked(performance.now() - blockedAt);
        isBlocked = false;
        this.#deps.finish(result.finished);
      }
      if (!result || lane.signal.aborted) return;
      const done = new Set(result.finished.map(({ jobId }) => jobId));
      commands.splice(0, commands.length, ...commands.filter(({ jobId }) => !done.has(jobId)));
      for (const jobId of done) jobIds.delete(jobId);
      tries = done.size > 0 ? 0 : tries + 1;
    }
    keys.delete(key);
  }

  /** @returns undefined if the lane is left */
  async #try(laneBatch: LaneBatch): Promise<BatchResult | undefined> {
    const { lane } = laneBatch;
    if (lane.signal.aborted) return undefined;
    try {
      return await this.#deps.run(laneBatch, this.#lockTimeoutMs());
    } catch (error) {
      if (lane.signal.aborted) return undefined;
      this.#deps.log.error(
        { err: error, lane: lane.name },
        'The retry of a blocked command failed; its lane is released, and a worker takes it again.',
      );
      this.#deps.leave(lane);
      return undefined;
    }
  }

  #lockTimeoutMs(): number {
    const keys = [...this.#lanes.values()].reduce((sum, lane) => sum + lane.keys.size, 0);
    const share = Math.floor((ROUND_MS * this.#deps.limit.max) / Math.max(1, keys));
    return Math.min(LOCK_TIMEOUT_MS_MAX, Math.max(LOCK_TIMEOUT_MS_MIN, share));
  }
}

const delayMs = (tries: number) =>
  RETRY_DELAYS_MS[Math.min(tries, RETRY_DELAYS_MS.length) - 1] as number;
