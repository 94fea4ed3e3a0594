/** The names of keys, as BullMQ forms them, with a hash tag for each queue (docs/decisions/0021). */
import { Cluster } from 'ioredis';
import type { LaneName } from '../lanes.ts';
import type { RedisConnection } from '../redis/redis.ts';

/**
 * What BullMQ calls the prefix of a queue. The queue's name in braces is a hash tag: a Redis Cluster keeps all keys of
 * a queue on one node, as scripts need it, and different queues on different nodes.
 */
export function queuePrefix(redisPrefix: string, name: string): string {
  return `${redisPrefix}:{${name}}`;
}

/** What all keys of a queue begin with: BullMQ puts the queue's name behind the prefix. */
export function queueKeyStart(redisPrefix: string, name: string): string {
  return `${queuePrefix(redisPrefix, name)}:${name}:`;
}

/** The key on which BullMQ and `add.lua` put a mark when there may be a job to take. */
export function markerKey(redisPrefix: string, name: string): string {
  return `${queueKeyStart(redisPrefix, name)}marker`;
}

/**
 * The end of a key that is never written. Each of our scripts names it among its keys: while a cluster moves a queue
 * to another node, key by key, it puts off a script that names a key that is not there (TRYAGAIN). So a script finds all keys
 * of its queue on one node, or does not run.
 */
export const NEVER_WRITTEN = 'never';

/** What the keys end with that a script names besides those of jobs. */
export type KeyName = 'wait' | 'active' | 'meta' | 'marker' | 'completed' | 'failed';

/** The keys of lanes that a script names, on a cluster: by them it finds the node. */
export function namedKeys(
  redisPrefix: string,
  lanes: readonly LaneName[],
  names: readonly KeyName[],
): string[] {
  return lanes.flatMap((lane) =>
    [...names, NEVER_WRITTEN].map((name) => queueKeyStart(redisPrefix, lane) + name),
  );
}

/** The keys that a script over several lanes has to name: one server needs none. */
export function keysToName(
  redis: RedisConnection,
  redisPrefix: string,
  { lanes, names }: { lanes: readonly LaneName[]; names: readonly KeyName[] },
): string[] {
  return redis instanceof Cluster ? namedKeys(redisPrefix, lanes, names) : [];
}
