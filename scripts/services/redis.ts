/** Starts an embedded Redis or Valkey: the one on PATH, or the one of the distribution's package. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';
import { stopProcess } from '../lib/stop-process.ts';
import { freePort } from './free-port.ts';
import { stopLeftover } from './leftover.ts';
import type { Service } from './service.ts';

const PROGRAMS = ['redis-server', 'valkey-server'];
const HOW_TO_INSTALL = `No redis-server or valkey-server was found, and none could be installed.
  Debian, Ubuntu:  sudo apt-get install redis-server
  Fedora:          sudo dnf install valkey
  macOS:           brew install redis
Or set REDIS_URL to a running Redis 6.2 or newer.`;

/**
 * Starts Redis with an append-only file in `folder`.
 * @param wantedPort the port; by default a free one
 * @param more additional settings, named as in redis.conf
 * @throws Error with installation commands if no Redis is found
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
  return { url, stop: () => stopProcess(server) };
}

function findProgram(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

function installProgram(): string {
  const isAllowed = !process.env.SEATLANE_NO_APT;
  if (!isAllowed || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(HOW_TO_INSTALL);
  }
  console.error(
    'No redis-server was found, so the package redis-server is installed with apt-get. ' +
      'To avoid that, press Ctrl-C and set SEATLANE_NO_APT=1, or set REDIS_URL.',
  );
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const aptGet = (...words: string[]) =>
    execFileSync('apt-get', words, { env: environment, stdio: 'ignore' });
  try {
    aptGet('update');
    aptGet('install', '-y', '--no-install-recommends', 'redis-server');
  } catch (error) {
    throw new Error(HOW_TO_INSTALL, { cause: error });
  }
  const program = findProgram();
  if (!program) throw new Error(HOW_TO_INSTALL);
  return program;
}

async function untilReady(server: ChildProcess, url: string): Promise<void> {
  const client = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: () => 50,
  });
  client.on('error', () => undefined);
  const exited = new Promise<never>((_, reject) => {
    server.once('error', reject);
    server.once('exit', (code) =>
      reject(new Error(`redis-server exited during its start (code ${code})`)),
    );
  });
  try {
    await Promise.race([client.ping(), exited]);
  } finally {
    client.disconnect();
  }
}
