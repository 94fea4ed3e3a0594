/** Redis (or Valkey) of the project's own: the one on PATH, or the distribution's package. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.ts';
import { stopLeftover } from './leftover.ts';
import type { Service } from './service.ts';

const PROGRAMS = ['redis-server', 'valkey-server'];
const HOW_TO_GET_ONE = `No redis-server or valkey-server was found, and none was installed.
  Debian, Ubuntu:  sudo apt-get install redis-server
  Fedora:          sudo dnf install valkey
  macOS:           brew install redis
Or set REDIS_URL to a Redis 6.2 or newer that already runs.`;

/**
 * Starts Redis with an append-only file in `folder`.
 * @param wantedPort the port; a free one without it
 * @param more settings beside ours, as redis.conf names them
 * @throws Error with the commands that install one, where there is none
 */
export async function startRedis(
  folder: string,
  wantedPort?: number,
  more: Readonly<Record<string, string>> = {},
): Promise<Service> {
  const program = findProgram() ?? installProgram();
  await mkdir(folder, { recursive: true });
  const pidFile = join(folder, 'redis.pid');
  await stopLeftover(pidFile, /redis|valkey/, ['SIGTERM', 'SIGKILL']);
  const port = wantedPort ?? (await freePort());
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    appendonly: 'yes',
    save: '',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
    pidfile: pidFile,
    ...more,
  };
  const server = spawn(
    program,
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    { stdio: 'ignore' },
  );
  const url = `redis://127.0.0.1:${port}`;
  await untilReady(server, url);
  return { url, stop: () => stop(server) };
}

function findProgram(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

function installProgram(): string {
  const isAllowed = !process.env.SEATLANE_NO_APT;
  if (!isAllowed || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(HOW_TO_GET_ONE);
  }
  console.error(
    'No redis-server was found: the package redis-server is installed with apt-get. ' +
      'To avoid that, press Ctrl-C and set SEATLANE_NO_APT=1, or set REDIS_URL.',
  );
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const aptGet = (...words: string[]) =>
    execFileSync('apt-get', words, { env: environment, stdio: 'ignore' });
  try {
    aptGet('update');
    aptGet('install', '-y', '--no-install-recommends', 'redis-server');
  } catch (error) {
    throw new Error(HOW_TO_GET_ONE, { cause: error });
  }
  const program = findProgram();
  if (!program) throw new Error(HOW_TO_GET_ONE);
  return program;
}

async function untilReady(server: ChildProcess, url: string): Promise<void> {
  const client = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: () => 50,
  });
  client.on('error', () => undefined);
  const gone = new Promise<never>((_, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`redis-server ended at once (code ${code})`)));
  });
  try {
    await Promise.race([client.ping(), gone]);
  } finally {
    client.disconnect();
  }
}

function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    server.once('exit', () => resolve());
    server.kill('SIGTERM');
  });
}
