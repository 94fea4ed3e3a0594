/** Everything that requests can change: rows of any table, and jobs in any lane. */
import { Redis } from 'ioredis';
import {
  openQueue,
  PAYMENTS_QUEUE,
  REFUNDS_QUEUE,
  WEBHOOKS_QUEUE,
} from '../../../src/lanes/bullmq/queues.ts';
import { laneNames } from '../../../src/lanes/lanes.ts';
import { rowsByTable } from '../effects.ts';
import type { TestSeatlane } from './seatlane.ts';

export interface JobCounts {
  waiting: number;
  active: number;
  completed: number;
  /** The number of commands. */
  failed: number;
}

export interface Footprints {
  /** Every row of every table, as text, but for what changes without commands. */
  rows(): Promise<Record<string, string[]>>;
  /** The jobs of all lanes, webhook messages and calls to payment providers, without those of timers. */
  jobs(): Promise<JobCounts>;
  close(): void;
}

const STATES = ['waiting', 'active', 'completed', 'failed'] as const;

/** Close them before Seatlane stops. */
export function footprintsOf({ rows, services, config }: TestSeatlane): Footprints {
  const redis = new Redis(services.redisUrl);
  const queues = [...laneNames(config), WEBHOOKS_QUEUE, PAYMENTS_QUEUE, REFUNDS_QUEUE].map((name) =>
    openQueue(name, redis, services),
  );
  return {
    rows: () => rowsByTable(rows),
    async jobs() {
      const total: JobCounts = { waiting: 0, active: 0, completed: 0, failed: 0 };
      await Promise.all(
        queues.map(async (queue) => {
          const counts = await queue.getJobCounts('waiting', 'active', 'completed', 'failed');
          // A message to a webhook whose address does not exist fails, as expected.
          if (queue.name === WEBHOOKS_QUEUE) counts.failed = 0;
          for (const state of STATES) total[state] += counts[state] ?? 0;
        }),
      );
      return total;
    },
    close: () => redis.disconnect(),
  };
}
