/** Processes that cannot start say in one sentence what an operator can do, and exit with 1. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startSessionPooler } from '../support/network/session-pooler.ts';
import { cloneServices, type TestServices } from '../support/services/database.ts';
import { environmentFor } from '../support/services/seatlane.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const STACK = /\n\s+at .+:\d+:\d+/;
/** What process warnings and log lines begin with; the rest is what was printed for the operator. */
const LOG_LINE = /^\{.*$/gm;

let services: TestServices;
let taken: Server;

beforeAll(async () => {
  services = await cloneServices();
  taken = createServer().listen(0);
  await once(taken, 'listening');
});
afterAll(() => taken.close());

/** Starts a process that fails. @param code its exit code @returns what it printed besides its log */
async function failureOf(
  file: string,
  settings: Record<string, string>,
  words: string[] = [],
  code = 1,
): Promise<string> {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, ...environmentFor(services), ...settings };
  const failed = await run(process.execPath, [file, ...words], { cwd: ROOT, env }).catch(
    (error) => error,
  );
  expect(failed.code).toBe(code);
  expect(failed.stderr).not.toMatch(STACK);
  return failed.stderr.replace(LOG_LINE, '').trim();
}

const databaseNamed = (name: string) => {
  const url = new URL(inject('databaseUrl'));
  url.pathname = name;
  return url.href;
};

describe.each(['src/main.ts', 'workers/main.ts'])('%s', (file) => {
  test('says that PostgreSQL is away', async () => {
    const sentence = await failureOf(file, { DATABASE_URL: 'postgres://seatlane@127.0.0.1:9/x' });
    expect(sentence).toMatch(/^PostgreSQL does not respond at 127\.0\.0\.1:9: .*ECONNREFUSED/);
  });

  test('says that the host of PostgreSQL is unknown', async () => {
    const sentence = await failureOf(file, {
      DATABASE_URL: 'postgres://seatlane@nowhere.invalid/x',
    });
    expect(sentence).toMatch(/^PostgreSQL does not respond at nowhere\.invalid: /);
  });

  test('says that the database does not exist', async () => {
    const sentence = await failureOf(file, { DATABASE_URL: databaseNamed('of_nobody') });
    expect(sentence).toContain('refuses the connection: database "of_nobody" does not exist.');
    expect(sentence).toContain('DATABASE_URL');
    // It was not created either.
    const client = new Client(databaseNamed('of_nobody'));
    await expect(client.connect()).rejects.toThrow('does not exist');
  });
});

test('a worker says that the port of its probes is taken', async () => {
  const { port } = taken.address() as AddressInfo;
  const sentence = await failureOf('workers/main.ts', { WORKER_PORT: String(port) });
  expect(sentence).toBe(
    `Port ${port} is in use by another program. Set WORKER_PORT to choose another port, or stop that program.`,
  );
});

test('a worker says which lanes there are when it is given unknown ones', async () => {
  const words = ['--lanes', 'seat', '--lanes', 'seats'];
  const sentence = await failureOf('workers/main.ts', {}, words, 2);
  expect(sentence).toContain(
    '--lanes seats is unknown. Use seat, user, timers, webhooks, payments.',
  );
});

test('a worker says that a pooler shares its sessions', async () => {
  const pooler = await startSessionPooler(services.databaseUrl, 'seatlane-owner');
  const sentence = await failureOf('workers/main.ts', { DATABASE_URL: pooler.url });
  expect(sentence).toMatch(/^DATABASE_URL points to a pooler in transaction mode, .*\.$/);
  await pooler.stop();
});

test('an API process says that its port is taken', async () => {
  const { port } = taken.address() as AddressInfo;
  const sentence = await failureOf('src/main.ts', { PORT: String(port) });
  expect(sentence).toBe(
    `Port ${port} is in use by another program. Set PORT to choose another port, or stop that program.`,
  );
});
