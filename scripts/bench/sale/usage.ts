/** What the processes of the large sale have used so far, and the figures by which costs are told apart. */
import type { Database } from '../compare/database.ts';
import type { BenchProcess, BenchSystem } from '../system.ts';
import type { LoadFigures } from './load/figures.ts';

export interface Usage {
  /** In s since the load began. */
  at: number;
  /** CPU time in s. */
  cpu: {
    api: number;
    worker: number;
    postgres: number;
    redis: number;
    sandbox: number;
    load: number;
  };
  transactions: number;
  walMb: number;
  batches: number;
  commands: number;
  /** The time in batches, in s. */
  batchSeconds: number;
  /** Waiting entries that the system has ended. */
  ended: number;
  polls: number;
  entered: number;
  requests: number;
  reads: number;
  /** User-seconds in a queue. */
  waited: number;
  apiMb: number;
}

export interface UsageDeps {
  system: BenchSystem;
  api: BenchProcess;
  worker: BenchProcess;
  sandbox: BenchProcess;
  workerPort: number;
  database: Database;
  figures: LoadFigures;
}

/** The moments between which usage is printed. */
export const MOMENTS = ['start', 'idle', 'burst', 'arrived', 'opened', 'sold out', 'over'] as const;
export type Moment = (typeof MOMENTS)[number];

export class UsageLog {
  readonly #deps: UsageDeps;
  readonly at = {} as Record<Moment, Usage>;
  /** All usages in their order, with the moments. */
  readonly samples: Usage[] = [];

  constructor(deps: UsageDeps) {
    this.#deps = deps;
  }

  async sample(): Promise<Usage> {
    const usage = await usageNow(this.#deps);
    this.samples.push(usage);
    return usage;
  }

  async mark(moment: Moment): Promise<void> {
    this.at[moment] = await this.sample();
  }
}

async function usageNow(deps: UsageDeps): Promise<Usage> {
  const { system, api, worker, sandbox, database, figures } = deps;
  const [row] = await database.query<{ transactions: string; wal: string }>(`
    select (select sum(xact_commit) from pg_stat_database) as transactions,
      pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as wal`);
  const metrics = await (await fetch(`http://127.0.0.1:${deps.workerPort}/metrics`)).text();
  const { user, system: kernel } = process.cpuUsage();
  const { polls, entered, commands: requests, reads, waited } = figures;
  return {
    at: performance.now() / 1000,
    cpu: {
      api: api.cpuSeconds(),
      worker: worker.cpuSeconds(),
      ...system.servicesCpu(),
      sandbox: sandbox.cpuSeconds(),
      load: (user + kernel) / 1e6,
    },
    transactions: Number(row?.transactions),
    walMb: Number(row?.wal) / 2 ** 20,
    batches: sumOf(metrics, 'seatlane_batch_commands_count'),
    commands: sumOf(metrics, 'seatlane_batch_commands_sum'),
    batchSeconds: sumOf(metrics, 'seatlane_batch_seconds_sum'),
    ended: sumOf(metrics, 'seatlane_waiting_ended_total'),
    polls,
    entered,
    requests,
    reads,
    waited,
    apiMb: api.residentMb(),
  };
}

/** The sum of a metric over its labels, in the text format of Prometheus. */
export function sumOf(metrics: string, name: string): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
