/**
 * Commands that need a row which another transaction has locked. They wait here, key by key, while their lane goes on.
 *
 * In Redis they stay in the lane's list `active`, so an owner that dies leaves them to the next one, in their order. A lane
 * that is given back or lost is forgotten here. Later commands of a blocked key join it without being tried: commands of
 * one key never overtake each other.
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
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { byKey, keyOf } from './lane-key.ts';

/** Blocked commands of a lane at most. Their ids go to Redis with each take. */
const BLOCKED_MAX = 2000;
/** How long a key waits before it is tried again, in ms. */
const RETRY_DELAYS_MS = [50, 100, 200, 400, 500];
/** Keys that are tried at a time, each on a connection of its own. */
const KEYS_AT_A_TIME = 2;
/**
 * A try that waits in PostgreSQL's queue for the lock gets it in its turn, so it waits for as long as the number of keys
 * allows: a round over all keys takes about this long, in ms.
 */
const ROUND_MS = 2000;
const LOCK_TIMEOUT_MS_MIN = 20;
const LOCK_TIMEOUT_MS_MAX = 1000;

export interface BlockedKeysDeps {
  /** Commands of one key that are tried together at most. */
  batchSize: number;
  /** Tries commands of one key. @throws {LaneLost} or the fault because of which the lane has to be left */
  run(part: LaneBatch, lockTimeoutMs: number): Promise<BatchResult>;
  finish(finished: readonly FinishedCommand[]): void;
  /** Leaves a lane, for its next owner to find what was taken out of it. */
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
  readonly #limit = new ConcurrencyLimit(KEYS_AT_A_TIME);
  readonly #retries = new Set<Promise<void>>();

  constructor(deps: BlockedKeysDeps) {
    this.#deps = deps;
  }

  /** The jobs of a lane that are blocked. */
  jobIdsIn(lane: LaneName): readonly string[] {
    const blocked = this.#lanes.get(lane);
    return blocked ? [...blocked.jobIds] : [];
  }

  /** Whether so many commands of a lane are blocked that it must take no more. */
  isFull(lane: LaneName): boolean {
    return (this.#lanes.get(lane)?.jobIds.size ?? 0) >= BLOCKED_MAX;
  }

  /** Commands of all lanes that are blocked. */
  get count(): number {
    return [...this.#lanes.values()].reduce((sum, { jobIds }) => sum + jobIds.size, 0);
  }

  /**
   * Keeps those of the commands whose key is blocked, behind the others of their key.
   * @returns the rest, in its order
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

  /** Takes commands over that met a lock: whole keys, each in its order. Tries them until they are through. */
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

  /** Settles when the tries that are under way have ended; lanes that were left begin no new ones. */
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

  /** Never rejects. Ends when the last command of the key is through, or the lane is left. */
  async #retry({ lane, keys, jobIds }: BlockedLane, key: string): Promise<void> {
    const commands = keys.get(key) as TakenCommand[];
    for (let tries = 0; commands.length > 0; ) {
      if (tries > 0) await pause(delayMs(tries), lane.signal);
      const part = { lane, commands: commands.slice(0, this.#deps.batchSize) };
      const result = await this.#limit.run(() => this.#try(part));
      if (result && result.finished.length > 0) this.#deps.finish(result.finished);
      if (!result || lane.signal.aborted) return;
      const done = new Set(result.finished.map(({ jobId }) => jobId));
      commands.splice(0, commands.length, ...commands.filter(({ jobId }) => !done.has(jobId)));
      for (const jobId of done) jobIds.delete(jobId);
      tries = done.size > 0 ? 0 : tries + 1;
    }
    keys.delete(key);
  }

  /** @returns undefined where the lane is left */
  async #try(part: LaneBatch): Promise<BatchResult | undefined> {
    const { lane } = part;
    if (lane.signal.aborted) return undefined;
    try {
      return await this.#deps.run(part, this.#lockTimeoutMs());
    } catch (error) {
      if (lane.signal.aborted) return undefined;
      this.#deps.log.error(
        { err: error, lane: lane.name },
        'A command that a locked row had blocked failed; its lane is released and taken anew.',
      );
      this.#deps.leave(lane);
      return undefined;
    }
  }

  #lockTimeoutMs(): number {
    const keys = [...this.#lanes.values()].reduce((sum, lane) => sum + lane.keys.size, 0);
    const share = Math.floor((ROUND_MS * KEYS_AT_A_TIME) / Math.max(1, keys));
    return Math.min(LOCK_TIMEOUT_MS_MAX, Math.max(LOCK_TIMEOUT_MS_MIN, share));
  }
}

const delayMs = (tries: number) =>
  RETRY_DELAYS_MS[Math.min(tries, RETRY_DELAYS_MS.length) - 1] as number;
