/** Everything that requests can have left behind: rows of any table, and jobs in any lane. */
import { Redis } from 'ioredis';
import { laneNames } from '../../src/lanes/lanes.ts';
import { queueKeyStart, WEBHOOKS_QUEUE } from '../../src/lanes/queues.ts';
import type { TestSeatlane } from './seatlane.ts';

export interface JobCounts {
  waiting: number;
  active: number;
  completed: number;
  /** Of commands alone. */
  failed: number;
}

export interface Footprints {
  /** Every row of every table, as text. */
  rows(): Promise<Record<string, string[]>>;
  /** Over all lanes and the messages to webhooks; timers come and go by themselves. */
  jobs(): Promise<JobCounts>;
  close(): void;
}

/** Lanes change hands, and presence is noted whenever somebody looks: nobody asked for either. */
const UNASKED_TABLES = ['lane'];
const UNASKED_COLUMNS = "array['seen_at', 'claimed_at']";

/** Close them before Seatlane stops. */
export function footprintsOf({ rows, services, config }: TestSeatlane): Footprints {
  const redis = new Redis(services.redisUrl);
  const queues = [...laneNames(config), WEBHOOKS_QUEUE];
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
      const pipeline = redis.pipeline();
      for (const queue of queues) {
        const key = (list: string) => queueKeyStart(services.redisPrefix, queue) + list;
        pipeline.llen(key('wait')).llen(key('active')).zcard(key('completed'));
        // A message to a webhook whose address leads nowhere fails, as it should.
        pipeline.zcard(queue === WEBHOOKS_QUEUE ? key('no failures') : key('failed'));
      }
      const numbers = ((await pipeline.exec()) ?? []).map(([, number]) => Number(number));
      const sum = (place: number) =>
        numbers.filter((_, each) => each % 4 === place).reduce((total, each) => total + each, 0);
      return { waiting: sum(0), active: sum(1), completed: sum(2), failed: sum(3) };
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
