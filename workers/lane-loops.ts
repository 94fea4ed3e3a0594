/**
 * How many loops a process has: one over all its lanes; on a Redis Cluster one a lane, since the keys of two lanes may
 * be on two nodes, of which one may be away.
 */
import { Cluster } from 'ioredis';
import type { OwnedLane } from './batch.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { LaneWorker, type LaneWorkerDeps } from './lane-worker.ts';

/** On a cluster: batches at a time. While a lane waits for its turn, its next batch grows. */
const BATCHES_MAX = 4;
/** On a cluster: lanes in trouble that are tried at a time. Both together are fewer than the connections to PostgreSQL. */
const LANES_ALONE_MAX = 4;

/** @returns what consumes a lane until its signal is aborted, or it is lost */
export function openLaneLoops(deps: LaneWorkerDeps): (lane: OwnedLane) => Promise<void> {
  if (deps.redis instanceof Cluster) return openLoopForEach(deps);
  const worker = new LaneWorker(deps);
  return (lane) => worker.consume(lane);
}

function openLoopForEach(deps: LaneWorkerDeps): (lane: OwnedLane) => Promise<void> {
  const turns = new ConcurrencyLimit(BATCHES_MAX);
  const alone = new ConcurrencyLimit(LANES_ALONE_MAX);
  const inTurn: LaneWorkerDeps = {
    ...deps,
    runTogether: (parts, options) => turns.run(() => deps.runTogether(parts, options)),
    runAlone: (part) => alone.run(() => deps.runAlone(part)),
  };
  return (lane) => new LaneWorker(inTurn).consume(lane);
}
