/** The newcomer's first minutes: one command starts everything, the demo ends with a paid seat. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../support/wait-for.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const bare = { PATH: process.env.PATH, HOME: process.env.HOME };

let folder: string;
let started: ChildProcess;
let said = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seatlane-start-'));
});

afterAll(async () => {
  if (started.exitCode === null) started.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  said = '';
  const script = join(ROOT, 'scripts/start.ts');
  started = spawn(process.execPath, [script, '--data', folder], { cwd: folder, env: bare });
  started.stdout?.on('data', (text) => {
    said += text;
  });
  started.stderr?.on('data', (text) => {
    said += text;
  });
  await waitFor('Seatlane to be up', () => said.includes('Ctrl-C stops everything.'), 60_000).catch(
    () => {
      throw new Error(`It did not start. It said:\n${said}`);
    },
  );
}

async function script(name: string): Promise<string> {
  const joined = parseEnv(await readFile(join(folder, 'env'), 'utf8'));
  const file = join(ROOT, 'scripts', name);
  const { stdout } = await run(process.execPath, [file], { env: { ...bare, ...joined } });
  return stdout;
}

test('one command starts everything and says where to look', async () => {
  await start();
  expect(said).toMatch(/API +http:\/\/localhost:\d+/);
  expect(said).toMatch(/Docs +http:\/\/localhost:\d+\/docs/);
  expect(said).toMatch(/Board +http:\/\/localhost:\d+\/admin +\(login admin/);
});

test('the demo ends with a paid seat and the audit finds nothing wrong', async () => {
  expect(await script('demo.ts')).toMatch(/Seat \d+ is paid with \d+ points/);
  expect(await script('audit.ts')).toMatch(/Nothing is wrong/);
});

test('SIGTERM stops everything, services included', async () => {
  const environmentFile = join(folder, 'env');
  const { DATABASE_URL } = parseEnv(await readFile(environmentFile, 'utf8'));
  started.kill('SIGTERM');
  const [code] = await once(started, 'exit');
  expect(code).toBe(0);
  expect(existsSync(environmentFile)).toBe(false);
  await expect(fetch(`http://127.0.0.1:${new URL(DATABASE_URL as string).port}`)).rejects.toThrow();
});

test('a second start finds its data again', async () => {
  await start();
  expect(said).not.toMatch(/Made a demo concert/);
  expect(await script('demo.ts')).toMatch(/is paid/);
  started.kill('SIGINT');
  await once(started, 'exit');
});
