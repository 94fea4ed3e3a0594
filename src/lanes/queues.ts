/** The BullMQ queues: one a lane. Only `enqueue.ts` puts into them. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { type LaneCounts, type LaneName, laneNames } from './lanes.ts';

/** How many events BullMQ keeps a lane. Nothing here reads them but the dashboard. */
const EVENTS_KEPT = 1000;

/** The queue of timed work; not a lane: its jobs have no key and no order. */
export const TIMERS_QUEUE = 'timers';

/** The queue of messages to webhooks; not a lane either. */
export const WEBHOOKS_QUEUE = 'webhooks';

export interface QueueSettings extends LaneCounts {
  redisPrefix: string;
}

/** Opens a queue. The connection stays the caller's: closing the queue leaves it open. */
export function openQueue(name: string, redis: Redis, settings: QueueSettings): Queue {
  const queue = new Queue(name, {
    connection: redis,
    prefix: settings.redisPrefix,
    skipWaitingForReady: true,
    streams: { events: { maxLen: EVENTS_KEPT } },
  });
  // The connection's owner hears and logs its errors; unheard here, they would end the process.
  queue.on('error', () => undefined);
  return queue;
}

export type LaneQueues = ReadonlyMap<LaneName, Queue>;

/** Opens the queue of every lane. */
export function openLaneQueues(redis: Redis, settings: QueueSettings): LaneQueues {
  return new Map(laneNames(settings).map((lane) => [lane, openQueue(lane, redis, settings)]));
}

/** Whether one of these lanes holds commands that wait or are under way. */
export async function areLanesBusy(
  redis: Redis,
  lanes: readonly string[],
  redisPrefix: string,
): Promise<boolean> {
  const pipeline = redis.pipeline();
  for (const lane of lanes) {
    for (const list of ['wait', 'active']) pipeline.llen(`${redisPrefix}:${lane}:${list}`);
  }
  const lengths = (await pipeline.exec()) ?? [];
  return lengths.some(([error, length]) => error !== null || Number(length) > 0);
}
