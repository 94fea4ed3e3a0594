/** The names of BullMQ's keys, with a hash tag per queue (docs/decisions/0021). */
import { Cluster } from 'ioredis';
import type { LaneName } from '../lanes.ts';
import type { RedisConnection } from '../redis/redis.ts';

/**
 * The `prefix` option of a BullMQ queue. The queue's name in braces is a hash tag: a Redis Cluster keeps all keys of one
 * queue on one node, as scripts require, and may keep different queues on different nodes.
 */
export function queuePrefix(redisPrefix: string, name: string): string {
  return `${redisPrefix}:{${name}}`;
}

/** The start of all keys of a queue: BullMQ appends the queue's name to the prefix. */
export function queueKeyStart(redisPrefix: string, name: string): string {
  return `${queuePrefix(redisPrefix, name)}:${name}:`;
}

/** The key on which BullMQ and `add.lua` set a marker when a job may be available. */
export function markerKey(redisPrefix: string, name: string): string {
  return `${queueKeyStart(redisPrefix, name)}marker`;
}

/**
 * The suffix of a key that is never written. Every script declares it: while a cluster migrates a queue to another node
 * key by key, it rejects a script that declares a missing key (TRYAGAIN). So a script finds all keys of its queue on one
 * node, or does not run.
 */
export const NEVER_WRITTEN = 'never';

/** The suffixes of the keys that scripts declare, besides those of jobs. */
export type KeyName = 'wait' | 'active' | 'meta' | 'marker' | 'completed' | 'failed';

/** The keys that a script declares for its lanes, by which a cluster finds the node. */
export function namedKeys(
  redisPrefix: string,
  lanes: readonly LaneName[],
  names: readonly KeyName[],
): string[] {
  return lanes.flatMap((lane) =>
    [...names, NEVER_WRITTEN].map((name) => queueKeyStart(redisPrefix, lane) + name),
  );
}

/** The keys that a script over several lanes must declare; none on a single server. */
export function keysToName(
  redis: RedisConnection,
  redisPrefix: string,
  { lanes, names }: { lanes: readonly LaneName[]; names: readonly KeyName[] },
): string[] {
  return redis instanceof Cluster ? namedKeys(redisPrefix, lanes, names) : [];
}
