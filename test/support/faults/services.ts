/** PostgreSQL and Redis for one test file, which can stop, kill, empty and restart them. */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { COMPILE_CACHE } from '../../../scripts/lib/compile-cache.ts';
import { stopProcess } from '../../../scripts/lib/stop-process.ts';
import { freePort } from '../../../scripts/services/free-port.ts';
import { startRedis } from '../../../scripts/services/redis.ts';
import type { Service } from '../../../scripts/services/service.ts';
import { migrate } from '../../../scripts/steps/migrate.ts';
import { queryDatabase, type TestServices } from '../services/database.ts';
import { stopAll } from '../services/stop-all.ts';
import { waitFor } from '../wait-for.ts';

export interface BreakableServices extends TestServices {
  startRedis(): Promise<void>;
  /** Like a graceful restart of its machine. */
  stopRedis(): Promise<void>;
  /** Redis accepts connections but does not respond until it is resumed. */
  freezeRedis(): void;
  resumeRedis(): void;
  /** Sends a command directly to Redis. */
  redis(...command: [string, ...string[]]): Promise<unknown>;
  /** Like the loss of its disk. */
  emptyRedis(): Promise<void>;
  startPostgres(): Promise<void>;
  /** Freezes all processes of PostgreSQL until they are resumed. */
  freezePostgres(): void;
  resumePostgres(): void;
  /** Kills PostgreSQL; the next start recovers from the log. */
  stopPostgresImmediately(): Promise<void>;
  /** Keeps a copy of PostgreSQL's data; to be called while it is stopped. */
  keepPostgres(): Promise<void>;
  /** Starts PostgreSQL from the copy, on a new timeline: as a standby that was promoted without having received all. */
  startPostgresFromCopy(): Promise<void>;
  /** Ends sessions by a condition on pg_stat_activity. @returns how many */
  cutSessions(condition: string): Promise<number>;
  query<Row extends object>(text: string): Promise<Row[]>;
  stop(): Promise<void>;
}

export async function startBreakableServices(): Promise<BreakableServices> {
  const folder = await mkdtemp(join(tmpdir(), 'seatlane-faults-'));
  const [postgresFolder, redisFolder] = [join(folder, 'postgres'), join(folder, 'redis')];
  const [postgresPort, redisPort] = [await freePort(), await freePort()];
  let redis: Service;
  let postgres: ChildProcess;
  const databaseUrl = `postgres://seatlane:seatlane@127.0.0.1:${postgresPort}/seatlane`;
  const redisUrl = `redis://127.0.0.1:${redisPort}`;

  const signalRedis = (signal: NodeJS.Signals) => {
    process.kill(Number(readFileSync(join(redisFolder, 'redis.pid'), 'utf8')), signal);
  };
  let frozen: number[] = [];
  const signalPostgres = (signal: NodeJS.Signals) => {
    const main = postmasterPid(postgresFolder);
    // The frozen processes; children may have ended in between.
    if (signal === 'SIGSTOP') frozen = [main, ...childrenOf(main)];
    for (const pid of frozen) if (isRunning(pid)) process.kill(pid, signal);
  };

  const services: BreakableServices = {
    databaseUrl,
    redisUrl,
    redisPrefix: 'faults',
    async startRedis() {
      redis = await startRedis(redisFolder, redisPort, REDIS_FOR_FAULTS);
    },
    stopRedis: () => redis.stop(),
    freezeRedis: () => signalRedis('SIGSTOP'),
    resumeRedis: () => signalRedis('SIGCONT'),
    async redis(...[name, ...values]) {
      // Without the check, commands would be sent while Redis is loading.
      const client = new Redis(redisUrl, { enableReadyCheck: false });
      try {
        return await client.call(name, ...values);
      } finally {
        client.disconnect();
      }
    },
    async emptyRedis() {
      await services.redis('FLUSHALL');
    },
    async startPostgres() {
      postgres = await startPostgresProcess(postgresFolder, postgresPort);
    },
    freezePostgres: () => signalPostgres('SIGSTOP'),
    resumePostgres: () => signalPostgres('SIGCONT'),
    async stopPostgresImmediately() {
      const pid = postmasterPid(postgresFolder);
      // The process that started it would wait for a graceful stop.
      postgres.kill('SIGKILL');
      process.kill(pid, 'SIGQUIT');
      await waitFor('PostgreSQL has gone', () => !isRunning(pid));
    },
    async keepPostgres() {
      execFileSync('cp', ['-a', postgresFolder, `${postgresFolder}-copy`]);
    },
    async startPostgresFromCopy() {
      await rm(postgresFolder, { recursive: true });
      execFileSync('cp', ['-a', `${postgresFolder}-copy`, postgresFolder]);
      await writeFile(join(postgresFolder, 'recovery.signal'), '');
      await appendFile(join(postgresFolder, 'postgresql.auto.conf'), "restore_command = 'false'\n");
      const { uid, gid } = await stat(join(postgresFolder, 'PG_VERSION'));
      await chown(join(postgresFolder, 'recovery.signal'), uid, gid);
      await services.startPostgres();
    },
    async cutSessions(condition) {
      const cut = await services.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and (${condition})`,
      );
      return cut.length;
    },
    query: (text) => queryDatabase(databaseUrl, text),
    stop: () =>
      stopAll(
        () => stopProcess(postgres),
        () => redis.stop(),
        () => rm(folder, { recursive: true, force: true }),
      ),
  };
  await Promise.all([services.startPostgres(), services.startRedis()]);
  await migrate(databaseUrl);
  return services;
}

/** Tests make Redis load slowly and write to a folder that does not exist. */
const REDIS_FOR_FAULTS = { 'enable-debug-command': 'yes', 'enable-protected-configs': 'yes' };

/** In a separate process, so that the test can end each server in its way. */
async function startPostgresProcess(folder: string, port: number): Promise<ChildProcess> {
  const file = resolve(import.meta.dirname, 'postgres-process.ts');
  const child = fork(file, [folder, String(port)], {
    env: { ...COMPILE_CACHE, ...process.env },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`PostgreSQL did not start in ${folder}.`);
    }),
  ]);
  return child;
}

function postmasterPid(folder: string): number {
  return Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
}

function childrenOf(pid: number): number[] {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = listed.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
}

/** A zombie process has ended. */
function isRunning(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  if (existsSync('/proc/self')) {
    return existsSync(file) && !readFileSync(file, 'utf8').includes(') Z ');
  }
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
