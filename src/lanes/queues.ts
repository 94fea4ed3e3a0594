/** The BullMQ queues: one a lane. Only `enqueue.ts` puts into them. */
import { Queue } from 'bullmq';
import { Cluster } from 'ioredis';
import { type LaneCounts, type LaneName, laneNames } from './lanes.ts';
import type { RedisConnection } from './redis.ts';

/** How many events BullMQ keeps a lane. Nothing here reads them but the dashboard. */
const EVENTS_KEPT = 1000;

/** The queue of timed work; not a lane: its jobs have no key and no order. */
export const TIMERS_QUEUE = 'timers';

/** The queue of messages to webhooks; not a lane either. */
export const WEBHOOKS_QUEUE = 'webhooks';

/**
 * What BullMQ calls the prefix of a queue. The queue's name in braces is a hash tag: a Redis Cluster keeps all keys of
 * a queue on one node, as scripts need it, and different queues on different nodes (docs/decisions/0021).
 */
export function queuePrefix(redisPrefix: string, name: string): string {
  return `${redisPrefix}:{${name}}`;
}

/** What all keys of a queue begin with: BullMQ puts the queue's name behind the prefix. */
export function queueKeyStart(redisPrefix: string, name: string): string {
  return `${queuePrefix(redisPrefix, name)}:${name}:`;
}

/**
 * The end of a key that is never written. Each of our scripts names it among its keys: while a cluster moves a queue
 * to another node, key by key, it puts off whoever names a key that is not there (TRYAGAIN). So a script finds all keys
 * of its queue on one node, or does not run.
 */
export const NEVER_WRITTEN = 'never';

/**
 * The keys of lanes that a script has to name: a cluster finds the lanes' node by them, one server needs none.
 * @param names what the keys end with
 */
export function keysToName(
  redis: RedisConnection,
  redisPrefix: string,
  { lanes, names }: { lanes: readonly LaneName[]; names: readonly string[] },
): string[] {
  if (!(redis instanceof Cluster)) return [];
  return lanes.flatMap((lane) =>
    [...names, NEVER_WRITTEN].map((name) => queueKeyStart(redisPrefix, lane) + name),
  );
}

export interface QueueSettings extends LaneCounts {
  redisPrefix: string;
}

/** Opens a queue. The connection stays the caller's: closing the queue leaves it open. */
export function openQueue(name: string, redis: RedisConnection, settings: QueueSettings): Queue {
  const queue = new Queue(name, {
    connection: redis,
    prefix: queuePrefix(settings.redisPrefix, name),
    skipWaitingForReady: true,
    streams: { events: { maxLen: EVENTS_KEPT } },
  });
  // The connection's owner hears and logs its errors; unheard here, they would end the process.
  queue.on('error', () => undefined);
  return queue;
}

export type LaneQueues = ReadonlyMap<LaneName, Queue>;

/** Opens the queue of every lane. */
export function openLaneQueues(redis: RedisConnection, settings: QueueSettings): LaneQueues {
  return new Map(laneNames(settings).map((lane) => [lane, openQueue(lane, redis, settings)]));
}

/**
 * Whether one of these lanes holds commands that wait or are under way.
 * @throws whatever Redis throws while one of them cannot be looked at
 */
export async function areLanesBusy(
  redis: RedisConnection,
  lanes: readonly string[],
  redisPrefix: string,
): Promise<boolean> {
  const lists = lanes.flatMap((lane) =>
    ['wait', 'active'].map((list) => queueKeyStart(redisPrefix, lane) + list),
  );
  // Not in one pipeline: lanes may be on different nodes of a cluster.
  const lengths = await Promise.all(lists.map((list) => redis.llen(list)));
  return lengths.some((length) => length > 0);
}
