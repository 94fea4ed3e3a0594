/** Limits how many batches of a process run concurrently. All its loops share the limits, as they share its connection pool. */
import { ConcurrencyLimit } from './concurrency-limit.ts';

/** On a Redis Cluster: maximum of concurrent shared batches. While a lane waits for a slot, its next batch grows. */
const SHARED_ON_CLUSTER_MAX = 3;
/**
 * Maximum of lanes that run separately at a time. The connection pool of a worker also serves one shared batch, two keys
 * of a batch that met a lock, two blocked keys and three timers.
 */
const LANES_ALONE_MAX = 2;
/** Maximum of concurrent retries of blocked keys; each uses one connection. */
const BLOCKED_KEYS_MAX = 2;

export interface BatchLimits {
  /** Shared batches. Without a cluster there is one loop, which waits for its shared batch itself. */
  shared: ConcurrencyLimit;
  /** Lanes that run separately. */
  lanesAlone: ConcurrencyLimit;
  /** Retries of blocked keys. */
  blockedKeys: ConcurrencyLimit;
}

export function batchLimits({ isCluster }: { isCluster: boolean }): BatchLimits {
  return {
    shared: new ConcurrencyLimit(isCluster ? SHARED_ON_CLUSTER_MAX : Number.POSITIVE_INFINITY),
    lanesAlone: new ConcurrencyLimit(LANES_ALONE_MAX),
    blockedKeys: new ConcurrencyLimit(BLOCKED_KEYS_MAX),
  };
}
