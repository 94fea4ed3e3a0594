/** The BullMQ queues: one per lane, and two that are not lanes. */
import { Queue } from 'bullmq';
import { type LaneCounts, type LaneName, laneNames } from '../lanes.ts';
import type { RedisConnection } from '../redis/redis.ts';
import { queuePrefix } from './keys.ts';

/** How many events BullMQ keeps per queue. Only the dashboard reads them. */
const EVENTS_KEPT = 1000;

/** The queue of timed work; not a lane: its jobs have no key and no order. */
export const TIMERS_QUEUE = 'timers';

/** The queue of messages to webhooks; not a lane either. */
export const WEBHOOKS_QUEUE = 'webhooks';

export interface QueueSettings extends LaneCounts {
  redisPrefix: string;
}

/** Opens a queue. Closing the queue leaves the connection open; the caller closes it. */
export function openQueue(
  name: string,
  redis: RedisConnection,
  { redisPrefix }: Pick<QueueSettings, 'redisPrefix'>,
): Queue {
  const queue = new Queue(name, {
    connection: redis,
    prefix: queuePrefix(redisPrefix, name),
    skipWaitingForReady: true,
    streams: { events: { maxLen: EVENTS_KEPT } },
  });
  // The connection's owner logs its errors. Without this listener they would also crash the process.
  queue.on('error', () => undefined);
  return queue;
}

export type LaneQueues = ReadonlyMap<LaneName, Queue>;

/** Opens the queue of every lane. */
export function openLaneQueues(redis: RedisConnection, settings: QueueSettings): LaneQueues {
  return new Map(laneNames(settings).map((lane) => [lane, openQueue(lane, redis, settings)]));
}
