/**
 * Runs the loops of a process: one loop over all its lanes, or on a Redis Cluster one loop per lane, because the keys of
 * two lanes may be on different nodes, and one node may be unreachable.
 */
import { Cluster } from 'ioredis';
import type { LaneName } from '../../src/lanes/lanes.ts';
import type { OwnedLane } from '../batch/batch.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { LaneLoop, type LaneLoopDeps } from './loop.ts';

/** On a cluster: maximum of concurrent batches. While a lane waits for a slot, its next batch grows. */
const BATCHES_MAX = 3;
/** On a cluster: maximum of concurrent batches of separate lanes, and of blocked keys. */
const LANES_ALONE_MAX = 2;
const KEYS_MAX = 2;

export class LaneLoops {
  readonly #loops = new Map<LaneName | 'all', LaneLoop>();
  readonly #deps: LaneLoopDeps;
  readonly #isCluster: boolean;

  constructor(deps: LaneLoopDeps) {
    this.#isCluster = deps.redis instanceof Cluster;
    this.#deps = this.#isCluster ? limitConcurrency(deps) : deps;
  }

  /** Consumes a lane until its signal is aborted, or until a batch finds that another process has taken it over. */
  consume(lane: OwnedLane): Promise<void> {
    return this.#of(lane.name).consume(lane);
  }

  /** Lanes without a batch that were last polled before `time`. @param time in ms by the monotonic clock */
  notPolledSince(time: number): LaneName[] {
    return [...this.#loops.values()].flatMap((loop) => loop.notPolledSince(time));
  }

  /** Resolves when no retry of a blocked key is in flight. */
  async settled(): Promise<void> {
    await Promise.all([...this.#loops.values()].map((loop) => loop.settled()));
  }

  /** Restarts the loops over these lanes. */
  restart(lanes: readonly LaneName[]): void {
    for (const loop of new Set(lanes.map((lane) => this.#of(lane)))) loop.restart();
  }

  /** Number of commands that wait for rows locked by other transactions. */
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

function limitConcurrency(deps: LaneLoopDeps): LaneLoopDeps {
  const together = new ConcurrencyLimit(BATCHES_MAX);
  const alone = new ConcurrencyLimit(LANES_ALONE_MAX);
  const keys = new ConcurrencyLimit(KEYS_MAX);
  return {
    ...deps,
    runTogether: (parts, options) => together.run(() => deps.runTogether(parts, options)),
    runAlone: (part) => alone.run(() => deps.runAlone(part)),
    runKey: (part, lockTimeoutMs) => keys.run(() => deps.runKey(part, lockTimeoutMs)),
  };
}
