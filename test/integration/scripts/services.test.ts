/** The secrets that the services of `npm start` generate. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { COMPILE_CACHE } from '../../../scripts/lib/compile-cache.ts';
import { stopProcess } from '../../../scripts/lib/stop-process.ts';

const SCRIPT = resolve(import.meta.dirname, '../../../scripts/services.ts');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seatlane-services-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts the services with servers that run already, and stops them. @returns the settings for other processes */
async function settingsOfARun(): Promise<Record<string, string>> {
  const child = fork(SCRIPT, ['--data', folder], {
    env: {
      PATH: process.env.PATH,
      ...COMPILE_CACHE,
      DATABASE_URL: inject('databaseUrl'),
      REDIS_URL: inject('redisUrl'),
    },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [settings] = await once(child, 'message');
  await stopProcess(child);
  return settings as Record<string, string>;
}

test('a folder of an older version keeps its secrets and gets those that it lacks, once', async () => {
  const file = join(folder, 'secrets.json');
  const old = { JWT_SECRET: 'of the older version', ADMIN_PASSWORD: 'of the older version, too' };
  await writeFile(file, JSON.stringify(old));
  const first = await settingsOfARun();
  expect(first).toMatchObject(old);
  expect(Buffer.from(first.SANDBOX_SECRET ?? '', 'base64url')).toHaveLength(32);
  expect(await settingsOfARun()).toEqual(first);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject(old);
});

test('only the owner may read the secrets of a new folder', async () => {
  await rm(join(folder, 'secrets.json'));
  const { JWT_SECRET } = await settingsOfARun();
  expect(JWT_SECRET).toHaveLength(43);
  expect((await stat(join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600);
});
