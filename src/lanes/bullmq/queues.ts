/** The BullMQ queues: one per lane, and some that are not lanes. */
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

/** The queue of calls to payment providers for which a buyer waits. */
export const PAYMENTS_QUEUE = 'payments';

/** The queue of refunds at payment providers. A mass refund must not delay the payments of a sale. */
export const REFUNDS_QUEUE = 'refunds';

/** The queues that BullMQ's own workers consume. */
export const OTHER_QUEUES = [TIMERS_QUEUE, WEBHOOKS_QUEUE, PAYMENTS_QUEUE, REFUNDS_QUEUE] as const;

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
