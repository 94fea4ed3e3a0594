/** Services and processes of a benchmark's own, in a temporary folder. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { migrate } from '../steps/migrate.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const MEMORY = ['--max-semi-space-size=16', '--max-old-space-size=256'];

/** Nothing is limited but by the machine. */
const WIDE_OPEN = {
  PORT: '0',
  ADMIT_LIMIT: '1000000',
  MAX_ACTIVE: '1000000',
  QUEUE_TOKEN_SECONDS: '86400',
  CLAIM_SECONDS: '86400',
  MAX_SEATS_PER_USER: '1000000',
  RATE_LIMIT: '0',
  LOG_LEVEL: 'warn',
};

export interface BenchSystem {
  environment: NodeJS.ProcessEnv;
  startApi(): Promise<BenchProcess & { port: number }>;
  startWorker(settings?: Record<string, string>): Promise<BenchProcess>;
  stop(): Promise<void>;
}

export interface BenchProcess {
  stop(): Promise<void>;
  /** Resident memory, in MB. */
  residentMb(): number;
}

async function firstMessage(child: ChildProcess): Promise<unknown> {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error('A process of the benchmark did not start.');
    }),
  ]);
  return message;
}

function toProcess(child: ChildProcess): BenchProcess {
  return {
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
    residentMb() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
    },
  };
}

/** Starts services in a temporary folder; what is started on them is stopped with them. */
export async function startBenchSystem(): Promise<BenchSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'seatlane-bench-'));
  // Never somebody's database: a benchmark fills its own.
  const { DATABASE_URL: _, REDIS_URL: __, ...rest } = process.env;
  const services = fork(join(ROOT, 'scripts/services.ts'), ['--data', folder], {
    env: rest,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const settings = (await firstMessage(services)) as Record<string, string>;
  await migrate(settings.DATABASE_URL as string);
  const environment = { ...process.env, ...settings, ...WIDE_OPEN };
  const running: BenchProcess[] = [];
  const start = async (file: string, more: Record<string, string> = {}) => {
    const child = fork(join(ROOT, file), {
      env: { ...environment, ...more },
      execArgv: MEMORY,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const message = await firstMessage(child);
    const started = toProcess(child);
    running.push(started);
    return { ...started, message };
  };
  return {
    environment,
    async startApi() {
      const { message, ...api } = await start('src/main.ts');
      return { ...api, port: (message as { port: number }).port };
    },
    startWorker: (more) => start('workers/main.ts', more),
    async stop() {
      await Promise.all(running.map((process) => process.stop()));
      services.kill('SIGTERM');
      await once(services, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
