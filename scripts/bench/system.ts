/** The services and processes of a benchmark, in a temporary folder. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { COMPILE_CACHE } from '../lib/compile-cache.ts';
import { HEAP_FLAGS } from '../lib/heap-flags.ts';
import { endOnInterrupt } from '../lib/interrupt.ts';
import { stopProcess } from '../lib/stop-process.ts';
import type { migrate } from '../steps/migrate.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Settings without limits, so that only the machine limits the load. */
const UNLIMITED = {
  PORT: '0',
  ADMIT_LIMIT: '1000000',
  MAX_ACTIVE: '1000000',
  QUEUE_TOKEN_SECONDS: '86400',
  CLAIM_SECONDS: '86400',
  MAX_SEATS_PER_USER: '1000000',
  RATE_LIMIT: '0',
  STREAMS_PER_USER: '1000000',
  WAITS_MAX: '1000000',
  WAITS_PER_USER: '1000000',
  LOG_LEVEL: 'warn',
};

type Settings = Record<string, string>;

export interface BenchSystem {
  environment: NodeJS.ProcessEnv;
  /** A temporary folder, which `stop` removes. */
  folder: string;
  /** Applies all migrations to a database. */
  migrate(databaseUrl: string): Promise<unknown>;
  /** @param preload a file that is loaded into the process first @param memoryMb the limit of its old generation */
  startApi(
    settings?: Settings,
    preload?: string,
    memoryMb?: number,
  ): Promise<BenchProcess & { port: number }>;
  startWorker(settings?: Settings, preload?: string): Promise<BenchProcess>;
  /** Starts a server that reports its port. */
  startServer(
    file: string,
    words: string[],
    settings?: Settings,
  ): Promise<BenchProcess & { port: number }>;
  /** The CPU time that PostgreSQL and Redis have used so far, in s. */
  servicesCpu(): { postgres: number; redis: number };
  stop(): Promise<void>;
}

export interface BenchProcess {
  stop(): Promise<void>;
  /** Kills the process while it works. */
  kill(): Promise<void>;
  /** The CPU time used so far, in s. */
  cpuSeconds(): number;
  /** Resident memory, in MB. */
  residentMb(): number;
  /** Sends a message to the preloaded module. @returns its reply */
  ask(message: string): Promise<unknown>;
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const done = new AbortController();
  const exit = once(child, 'exit', { signal: done.signal }).then(() => {
    throw new Error('A process of the benchmark has exited.');
  });
  try {
    const [message] = await Promise.race([once(child, 'message'), exit]);
    return message;
  } finally {
    exit.catch(() => undefined);
    done.abort();
  }
}

function toProcess(child: ChildProcess): BenchProcess {
  return {
    stop: () => stopProcess(child),
    async kill() {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
    cpuSeconds: () => cpuSecondsOf(child.pid as number),
    residentMb() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
    },
    ask(message) {
      child.send(message);
      return nextMessage(child);
    },
  };
}

/**
 * Starts services in a temporary folder. Ctrl-C and `stop` end them and all processes that use them.
 * @param root the checkout whose migrations and processes are used, with its packages installed; by default this one
 */
export async function startBenchSystem(root = ROOT): Promise<BenchSystem> {
  // First, so that nothing has started if it is no checkout.
  const steps = await import(pathToFileURL(join(root, 'scripts/steps/migrate.ts')).href);
  const applyAll: typeof migrate = steps.migrate;
  const folder = await mkdtemp(join(tmpdir(), 'seatlane-bench-'));
  // A benchmark fills its own database, never the one that the environment names.
  const { DATABASE_URL: _, REDIS_URL: __, ...rest } = process.env;
  const services = fork(join(ROOT, 'scripts/services.ts'), ['--data', folder], {
    env: { ...COMPILE_CACHE, ...rest },
    execArgv: [],
    // The terminal's Ctrl-C must not reach them: they are stopped last.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const settings = (await nextMessage(services)) as Record<string, string>;
  await applyAll(settings.DATABASE_URL as string);
  const environment = { ...process.env, ...settings, ...UNLIMITED };
  const running: BenchProcess[] = [];
  interface More {
    settings?: Settings | undefined;
    words?: string[];
    preload?: string | undefined;
    memoryMb?: number | undefined;
  }
  const start = async (file: string, more: More) => {
    const { settings, words, preload, memoryMb } = more;
    const flags = [...HEAP_FLAGS, ...(memoryMb ? [`--max-old-space-size=${memoryMb}`] : [])];
    const child = fork(join(root, file), words, {
      env: { ...COMPILE_CACHE, ...environment, ...settings },
      execArgv: preload ? [...flags, '--import', join(root, preload)] : flags,
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const message = await nextMessage(child);
    const started = toProcess(child);
    running.push(started);
    return { ...started, message };
  };
  const startListening = async (file: string, more: More) => {
    const { message, ...server } = await start(file, more);
    return { ...server, port: (message as { port: number }).port };
  };
  const system: BenchSystem = {
    environment,
    folder,
    migrate: applyAll,
    startApi: (settings, preload, memoryMb) =>
      startListening('src/main.ts', { settings, preload, memoryMb }),
    startWorker: (settings, preload) => start('workers/main.ts', { settings, preload }),
    startServer: (file, words, settings) => startListening(file, { settings, words }),
    servicesCpu: () => ({
      postgres: cpuSecondsOfFamily(pidIn(join(folder, 'postgres/postmaster.pid'))),
      redis: cpuSecondsOf(pidIn(join(folder, 'redis/redis.pid'))),
    }),
    async stop() {
      await Promise.all(running.map((process) => process.stop()));
      // The services may have exited already.
      await stopProcess(services);
      await rm(folder, { recursive: true, force: true });
    },
  };
  endOnInterrupt('The processes and data of the benchmark are removed.', () => system.stop());
  return system;
}

const TICKS_PER_SECOND = 100;

/** User and system time of a process, from /proc: fields 14 and 15 (proc(5)). */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The CPU time of a server with one process per connection: of live child processes and of those that have exited. */
function cpuSecondsOfFamily(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const ended = (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const living = children.map((child) => {
    try {
      return cpuSecondsOf(Number(child));
    } catch {
      return 0; // The child has exited meanwhile; next time it is counted as exited.
    }
  });
  return living.reduce((sum, seconds) => sum + seconds, cpuSecondsOf(pid) + ended);
}

function pidIn(file: string): number {
  return Number(readFileSync(file, 'utf8').split('\n')[0]);
}
