/** The newcomer's first minutes: one command starts everything, the demo ends with a paid seat. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, realpath, rm, stat } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../support/wait-for.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const bare = { PATH: process.env.PATH, HOME: process.env.HOME };

/** Others may not pass through it. */
let parent: string;
let folder: string;
let started: ChildProcess;
let said = '';

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'seatlane-start-'));
  folder = join(parent, 'data');
});

afterAll(async () => {
  if (started.exitCode === null) started.kill('SIGKILL');
  // As root, PostgreSQL's data is elsewhere.
  const data = await realpath(join(folder, 'postgres'));
  const isElsewhere = !data.startsWith(await realpath(parent));
  if (isElsewhere) await rm(dirname(data), { recursive: true, force: true });
  await rm(parent, { recursive: true, force: true });
});

/** @returns the process, whose words are in `said` */
function spawnStart(settings: Record<string, string> = {}): ChildProcess {
  said = '';
  const script = join(ROOT, 'scripts/start.ts');
  const env = { ...bare, ...settings };
  const child = spawn(process.execPath, [script, '--data', folder], { cwd: parent, env });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      said += text;
    });
  }
  return child;
}

async function start(settings?: Record<string, string>): Promise<void> {
  started = spawnStart(settings);
  await waitFor('Seatlane to be up', () => said.includes('Press Ctrl-C to stop everything.')).catch(
    () => {
      throw new Error(`It did not start. It said:\n${said}`);
    },
  );
}

const environment = async () => parseEnv(await readFile(join(folder, 'env'), 'utf8'));

async function script(name: string): Promise<string> {
  const file = join(ROOT, 'scripts', name);
  const env = { ...bare, ...(await environment()) };
  const { stdout } = await run(process.execPath, [file], { env });
  return stdout;
}

/** The ports of the API, PostgreSQL, Redis and the payment sandbox. */
async function portsInUse(): Promise<number[]> {
  const { API_URL, DATABASE_URL, REDIS_URL, SANDBOX_URL } = await environment();
  return [API_URL, DATABASE_URL, REDIS_URL, SANDBOX_URL].map((url) =>
    Number(new URL(url as string).port),
  );
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function noneListens(ports: readonly number[]): Promise<boolean> {
  return !(await Promise.all(ports.map(isListening))).includes(true);
}

test('one command starts everything and prints the URLs', async () => {
  await start();
  expect(said).toMatch(/API +http:\/\/localhost:\d+/);
  expect(said).toMatch(/Docs +http:\/\/localhost:\d+\/docs/);
  expect(said).toMatch(/Board +http:\/\/localhost:\d+\/admin +\(login admin/);
  expect(said).toMatch(/Cards +http:\/\/localhost:\d+ +\(a payment sandbox/);
});

test('parent folders of the data folder keep their permissions', async () => {
  expect((await stat(parent)).mode & 0o777).toBe(0o700);
});

test('a second start in the same folder is refused with the URL of the first, which continues', async () => {
  const { API_URL } = await environment();
  const second = spawnStart();
  const [code] = await once(second, 'close');
  expect(code).toBe(3);
  expect(said).toContain(`(process ${started.pid})`);
  expect(said).toContain(`Its API is at ${API_URL}.`);
  expect(await environment()).toHaveProperty('API_URL', API_URL);
});

test('the demo ends with a paid seat, and the audit passes', async () => {
  expect(await script('demo.ts')).toMatch(/Order \d+ is paid with \d+ points/);
  expect(await script('audit.ts')).toMatch(/All checks passed/);
});

test('an example finds the URL of the API', async () => {
  const example = join(ROOT, 'examples/buy-a-seat.ts');
  const env = { ...bare, API_URL: (await environment()).API_URL };
  const { stdout } = await run(process.execPath, [example], { env });
  expect(stdout).toMatch(/is paid/);
});

test('an order is paid by card at the payment sandbox', async () => {
  const example = join(ROOT, 'examples/pay-by-card.ts');
  const env = { ...bare, API_URL: (await environment()).API_URL };
  const { stdout } = await run(process.execPath, [example], { env });
  expect(stdout).toMatch(/The payment page is open: http:\/\/localhost:\d+\/pay\//);
  expect(stdout).toMatch(/Order \d+ is paid by card; ticket \d+ is valid/);
});

test('when the start script is killed, its processes stop by themselves', async () => {
  const ports = await portsInUse();
  started.kill('SIGKILL');
  await once(started, 'exit');
  await waitFor('all ports to be free', () => noneListens(ports));
});

test('the next start continues with the data, and reports that the configured port is in use', async () => {
  const other = createServer().listen(0);
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await start({ PORT: String(port) });
  other.close();
  expect(said).not.toMatch(/Created a demo concert/);
  expect(said).toMatch(new RegExp(`Port ${port} is in use .* listens on \\d+`));
  expect(await script('demo.ts')).toMatch(/is paid/);
});

test('SIGTERM stops everything, including the services', async () => {
  const ports = await portsInUse();
  started.kill('SIGTERM');
  const [code] = await once(started, 'exit');
  expect(code).toBe(0);
  expect(existsSync(join(folder, 'env'))).toBe(false);
  await waitFor('all ports to be free', () => noneListens(ports));
});
