/**
 * How many loops a process has: one over all its lanes; on a Redis Cluster one for each lane, because the keys of two
 * lanes may be on two nodes, one of which may be unreachable.
 */
import { Cluster } from 'ioredis';
import type { LaneName } from '../../src/lanes/lanes.ts';
import type { OwnedLane } from '../batch/batch.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { LaneLoop, type LaneLoopDeps } from './loop.ts';

/** On a cluster: batches at a time. While a lane waits for its turn, its next batch grows. */
const BATCHES_MAX = 3;
/** On a cluster: lanes in trouble, and blocked keys, that are tried at a time. */
const LANES_ALONE_MAX = 2;
const KEYS_MAX = 2;

export class LaneLoops {
  readonly #loops = new Map<LaneName | 'all', LaneLoop>();
  readonly #deps: LaneLoopDeps;
  readonly #isCluster: boolean;

  constructor(deps: LaneLoopDeps) {
    this.#isCluster = deps.redis instanceof Cluster;
    this.#deps = this.#isCluster ? inTurns(deps) : deps;
  }

  /** Consumes a lane until its signal is aborted, or it turns out to have another owner. */
  consume(lane: OwnedLane): Promise<void> {
    return this.#of(lane.name).consume(lane);
  }

  /** Lanes without a batch that were last polled before `time`. @param time in ms by the monotonic clock */
  notPolledSince(time: number): LaneName[] {
    return [...this.#loops.values()].flatMap((loop) => loop.notPolledSince(time));
  }

  /** Settles when the tries of blocked keys that are under way have ended. */
  async settled(): Promise<void> {
    await Promise.all([...this.#loops.values()].map((loop) => loop.settled()));
  }

  /** Begins the loops over these lanes anew. */
  restart(lanes: readonly LaneName[]): void {
    for (const loop of new Set(lanes.map((lane) => this.#of(lane)))) loop.restart();
  }

  /** Commands that wait for rows which other transactions have locked. */
  get blockedCommands(): number {
    const counts = [...this.#loops.values()].map(({ blockedCommands }) => blockedCommands);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  #of(lane: LaneName): LaneLoop {
    const name = this.#isCluster ? lane : 'all';
    const loop = this.#loops.get(name) ?? new LaneLoop(this.#deps);
    this.#loops.set(name, loop);
    return loop;
  }
}

function inTurns(deps: LaneLoopDeps): LaneLoopDeps {
  const turns = new ConcurrencyLimit(BATCHES_MAX);
  const alone = new ConcurrencyLimit(LANES_ALONE_MAX);
  const keys = new ConcurrencyLimit(KEYS_MAX);
  return {
    ...deps,
    runTogether: (parts, options) => turns.run(() => deps.runTogether(parts, options)),
    runAlone: (part) => alone.run(() => deps.runAlone(part)),
    runKey: (part, lockTimeoutMs) => keys.run(() => deps.runKey(part, lockTimeoutMs)),
  };
}
