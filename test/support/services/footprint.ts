/** Everything that requests can change: rows of any table, and jobs in any lane. */
import { Redis } from 'ioredis';
import {
  openQueue,
  PAYMENTS_QUEUE,
  REFUNDS_QUEUE,
  WEBHOOKS_QUEUE,
} from '../../../src/lanes/bullmq/queues.ts';
import { laneNames } from '../../../src/lanes/lanes.ts';
import type { TestSeatlane } from './seatlane.ts';

export interface JobCounts {
  waiting: number;
  active: number;
  completed: number;
  /** The number of commands. */
  failed: number;
}

export interface Footprints {
  /** Every row of every table, as text. */
  rows(): Promise<Record<string, string[]>>;
  /** The jobs of all lanes, webhook messages and calls to payment providers, without those of timers. */
  jobs(): Promise<JobCounts>;
  close(): void;
}

const STATES = ['waiting', 'active', 'completed', 'failed'] as const;

/** Owners of lanes, presence and its watch change without commands, so they are ignored. */
const UNASKED_TABLES = ['lane', 'presence_watch'];
const UNASKED_COLUMNS = "array['seen_at', 'seen_near_front', 'claimed_at']";

/** Close them before Seatlane stops. */
export function footprintsOf({ rows, services, config }: TestSeatlane): Footprints {
  const redis = new Redis(services.redisUrl);
  const queues = [...laneNames(config), WEBHOOKS_QUEUE, PAYMENTS_QUEUE, REFUNDS_QUEUE].map((name) =>
    openQueue(name, redis, services),
  );
  return {
    async rows() {
      const tables = await rows<{ name: string }>(
        `select table_name as name from information_schema.tables
         where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
      );
      const looked = tables.filter(({ name }) => !UNASKED_TABLES.includes(name));
      const found = await Promise.all(looked.map(({ name }) => rowsOf(rows, name)));
      return Object.fromEntries(looked.map(({ name }, place) => [name, found[place] as string[]]));
    },
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

async function rowsOf(rows: TestSeatlane['rows'], table: string): Promise<string[]> {
  const lines = await rows<{ line: string }>(
    `select (to_jsonb("${table}") - ${UNASKED_COLUMNS})::text as line from "${table}" order by 1`,
  );
  return lines.map(({ line }) => line);
}
