/** Both implementations of the queue seam on real Redis, for tests of their promises and of their compatibility. */
import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { inject } from 'vitest';
import type { AcceptedCommand } from '../../src/commands/command.ts';
import { BullmqConsumer } from '../../src/lanes/bullmq/consumer.ts';
import { queueKeyStart } from '../../src/lanes/bullmq/keys.ts';
import { BullmqProducer } from '../../src/lanes/bullmq/producer.ts';
import { openLaneQueues } from '../../src/lanes/bullmq/queues.ts';
import type {
  FinishedJob,
  LaneConsumer,
  LaneJob,
  LaneProducer,
} from '../../src/lanes/lane-queue.ts';
import type { LaneName } from '../../src/lanes/lanes.ts';
import { MemoryConsumer, MemoryLanes, MemoryProducer } from '../sim/queue/lanes.ts';
import { ReferenceConsumer, ReferenceProducer } from './reference-lane-queue.ts';

/** The time at which the producer adds jobs, in ms since 1970. */
export const ADDED_AT: number = 1_700_000_000_000;

export interface LaneQueuePair {
  producer: LaneProducer;
  openConsumer(): LaneConsumer;
}

export interface TestLaneQueues {
  redis: Redis;
  redisPrefix: string;
  ours: LaneQueuePair;
  /** BullMQ's public interface alone. */
  reference: LaneQueuePair;
  /** The lanes of the simulator. */
  memory: LaneQueuePair;
  /** BullMQ's own view of a lane. */
  queueOf(lane: LaneName): Queue;
  /** The key of a lane with this suffix. */
  keyOf(lane: LaneName, end: string): string;
  /** Deletes all keys and closes all connections. */
  close(): Promise<void>;
}

let count = 0;

/** Opens four unused lanes of each kind. */
export function openTestLaneQueues({ now = () => ADDED_AT } = {}): TestLaneQueues {
  count += 1;
  const redisPrefix = `lane-queues-${process.pid}-${count}`;
  const redis = new Redis(inject('redisUrl'), { maxRetriesPerRequest: null });
  const queues = openLaneQueues(redis, { redisPrefix, seatLanes: 4, userLanes: 4 });
  const memory = new MemoryLanes([...queues.keys()], now);
  const references: ReferenceConsumer[] = [];
  const consumers: LaneConsumer[] = [];
  const open = <Consumer extends LaneConsumer>(consumer: Consumer): Consumer => {
    consumers.push(consumer);
    return consumer;
  };
  const queueOf = (lane: LaneName) => {
    const queue = queues.get(lane);
    if (!queue) throw new Error(`There is no lane ${lane}.`);
    return queue;
  };
  return {
    redis,
    redisPrefix,
    ours: {
      producer: new BullmqProducer(redis, { redisPrefix, queues, now }),
      openConsumer: () => open(new BullmqConsumer(redis, redisPrefix)),
    },
    reference: {
      producer: new ReferenceProducer((lane) => queues.get(lane), now),
      openConsumer() {
        const consumer = open(new ReferenceConsumer(redis, (lane) => queues.get(lane)));
        references.push(consumer);
        return consumer;
      },
    },
    memory: {
      producer: new MemoryProducer(memory),
      openConsumer: () => open(new MemoryConsumer(memory)),
    },
    queueOf,
    keyOf: (lane, end) => queueKeyStart(redisPrefix, lane) + end,
    async close() {
      for (const consumer of consumers) consumer.stopWaiting();
      await Promise.all(references.map((consumer) => consumer.close()));
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      const keys = await redis.keys(`${redisPrefix}:*`);
      if (keys.length > 0) await redis.del(...keys);
      redis.disconnect();
    },
  };
}

/** A job as an API process adds it. */
export function laneJob(jobId: string, accepted: Partial<AcceptedCommand> = {}): LaneJob {
  const command = { subject: 'ada', input: { seatId: 7 }, acceptedAt: 1, requestHash: '' };
  return { jobId, name: 'book-seat', accepted: { ...command, ...accepted } };
}

/** A job as a worker finishes it. */
export function finishedJob(
  jobId: string,
  state: 'succeeded' | 'rejected' | 'failed' = 'succeeded',
): FinishedJob {
  const problems = {
    rejected: { code: 'SEAT_TAKEN', detail: 'The seat is taken.' },
    failed: { code: 'COMMAND_FAILED', detail: 'It failed.' },
  } as const;
  return state === 'succeeded'
    ? { jobId, finishedAt: 2, outcome: { state, result: { id: 7 } } }
    : { jobId, finishedAt: 2, outcome: { state, problem: problems[state] } };
}

export const idsOf = (jobs: readonly LaneJob[] = []) => jobs.map(({ jobId }) => jobId);
