/**
 * Runs the loops of a process: one loop over all its lanes, or on a Redis Cluster one loop per lane, because the keys of
 * two lanes may be on different nodes, and one node may be unreachable.
 */
import { Cluster } from 'ioredis';
import type { LaneName } from '../../src/lanes/lanes.ts';
import type { OwnedLane } from '../batch/batch.ts';
import { batchLimits } from './batch-limits.ts';
import { LaneLoop, type LaneLoopDeps } from './loop.ts';

export class LaneLoops {
  readonly #loops = new Map<LaneName | 'all', LaneLoop>();
  readonly #deps: LaneLoopDeps;
  readonly #isCluster: boolean;

  constructor(deps: Omit<LaneLoopDeps, 'limits'>) {
    this.#isCluster = deps.redis instanceof Cluster;
    this.#deps = { ...deps, limits: batchLimits({ isCluster: this.#isCluster }) };
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
