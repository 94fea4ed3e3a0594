/** The jobs in the lanes of a Seatlane without workers: what a request has enqueued. */
import { Redis } from 'ioredis';
import type { AcceptedCommand } from '../../../src/commands/command.ts';
import { openLaneQueues } from '../../../src/lanes/bullmq/queues.ts';
import type { TestSeatlane } from '../services/seatlane.ts';

export interface EnqueuedJob {
  id: string;
  name: string;
  accepted: AcceptedCommand;
}

export interface LaneJobs {
  /** All jobs that no worker has taken, in no order. */
  waiting(): Promise<EnqueuedJob[]>;
  /** Removes all jobs. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export function laneJobsOf({ services, config }: TestSeatlane): LaneJobs {
  const redis = new Redis(services.redisUrl, { maxRetriesPerRequest: null });
  const queues = [...openLaneQueues(redis, config).values()];
  return {
    async waiting() {
      const jobs = await Promise.all(queues.map((queue) => queue.getWaiting()));
      return jobs.flat().map(({ id, name, data }) => ({ id: String(id), name, accepted: data }));
    },
    async clear() {
      await Promise.all(queues.map((queue) => queue.obliterate({ force: true })));
    },
    async close() {
      await Promise.all(queues.map((queue) => queue.close()));
      redis.disconnect();
    },
  };
}
