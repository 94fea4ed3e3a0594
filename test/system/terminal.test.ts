/** Scripts in a terminal: their progress, and an orderly end on Ctrl-C. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { cloneServices, type TestServices } from '../support/services/database.ts';
import { environmentFor } from '../support/services/seatlane.ts';
import { HAS_TERMINAL, runInTerminal } from '../support/terminal.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const scriptPath = (name: string) => join(ROOT, 'scripts', name);
const bare = { PATH: process.env.PATH, HOME: process.env.HOME };
const STACK = /\n\s+at .+:\d+:\d+/;
const SHOWN_CURSOR = '\x1b[?25h';
const SPINNER = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/;

describe.skipIf(!HAS_TERMINAL)('npm start', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seatlane-terminal-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const start = () => [process.execPath, scriptPath('start.ts'), '--data', folder];

  test('shows each step, and Ctrl-C stops everything', async () => {
    const terminal = runInTerminal(start(), bare);
    await terminal.waitFor('Press Ctrl-C to stop everything.');
    const { DATABASE_URL = '' } = parseEnv(await readFile(join(folder, 'env'), 'utf8'));
    terminal.pressCtrlC();
    expect(await terminal.code).toBe(130);
    const said = terminal.said();
    expect(said).toMatch(SPINNER);
    for (const step of [
      'PostgreSQL and Redis are running',
      'demo concert',
      'The API and a worker are running',
    ])
      expect(said).toContain(step);
    expect(said).toContain('`npm start` continues with it.');
    expect(said.lastIndexOf(SHOWN_CURSOR)).toBeGreaterThan(said.lastIndexOf('\x1b[?25l'));
    expect(said).not.toMatch(STACK);
    await expect(new Client(DATABASE_URL).connect()).rejects.toThrow('ECONNREFUSED');
  });

  test('also stops on Ctrl-C during its start', async () => {
    const terminal = runInTerminal(start(), bare);
    await terminal.waitFor('Starting PostgreSQL and Redis');
    terminal.pressCtrlC();
    expect(await terminal.code).toBe(130);
    expect(terminal.said()).not.toMatch(STACK);
    expect(terminal.said()).not.toContain('Seatlane is running');
  });
});

describe('a script', () => {
  let services: TestServices;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    services = await cloneServices();
    env = { ...bare, ...environmentFor(services) };
  });

  test.skipIf(!HAS_TERMINAL)('that is waiting ends on Ctrl-C with a sentence', async () => {
    const other = new Client(services.databaseUrl);
    await other.connect();
    await other.query('begin; lock table concert');
    const terminal = runInTerminal([process.execPath, scriptPath('audit.ts')], env);
    await terminal.waitFor('Auditing');
    terminal.pressCtrlC();
    expect(await terminal.code).toBe(130);
    expect(terminal.said()).toContain('Stopped. Nothing was changed.');
    expect(terminal.said()).not.toMatch(STACK);
    await other.end();
  });

  test.skipIf(!HAS_TERMINAL)('writes plain lines in a terminal without a width', async () => {
    const terminal = runInTerminal([process.execPath, scriptPath('audit.ts')], env, 0);
    expect(await terminal.code).toBe(0);
    expect(terminal.said()).toContain('Auditing …');
    expect(terminal.said()).not.toMatch(SPINNER);
  });

  test('writes results to standard output and progress to standard error', async () => {
    const seeded = await run(process.execPath, [scriptPath('seed.ts')], { env });
    expect(seeded).toEqual({ stdout: '', stderr: expect.stringContaining('1200 seats in total') });
    const audited = await run(process.execPath, [scriptPath('audit.ts')], { env });
    expect(audited.stdout).toBe('All checks passed.\n');
    expect(audited.stderr).toContain('Auditing');
    expect(audited.stderr).not.toContain('\x1b');
  });

  test('the audit prints what is wrong, and with --verbose also what is right', async () => {
    const audit = (...words: string[]) =>
      run(process.execPath, [scriptPath('audit.ts'), ...words], { env });
    const { stdout } = await audit('--verbose');
    const lines = stdout.trim().split('\n');
    expect(lines.slice(0, -2)).toSatisfy((all: string[]) =>
      all.every((line) => /^ok .* checked\)$/.test(line)),
    );
    expect(lines.slice(-2)).toEqual(['', 'All checks passed.']);
    const database = new Client(env.DATABASE_URL);
    await database.connect();
    await database.query('update schedule set seat_count = seat_count + 1');
    const failed = await audit().catch((error) => error);
    await database.query('update schedule set seat_count = seat_count - 1');
    await database.end();
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(/^WRONG A performance counts its places/);
    expect(failed.stdout).toMatch(/\n\n1 of \d+ checks failed\.\n$/);
    expect(failed.stdout).not.toContain('ok  ');
  });

  test.each(['audit.ts', 'seed.ts', 'migrate.ts', 'token.ts'])(
    '%s explains how to start the services if none is configured',
    async (name) => {
      const words = ['--import', scriptPath('lib/load-env.ts'), scriptPath(name)];
      const options = { env: bare, cwd: tmpdir() };
      const failed = await run(process.execPath, words, options).catch((error) => error);
      expect(failed.code).toBe(1);
      expect(failed.stderr).toContain('Run `npm start` in another terminal');
      expect(failed.stderr).not.toMatch(STACK);
    },
  );

  test.each(['audit.ts', 'seed.ts', 'migrate.ts'])(
    '%s reports an unreachable server and missing tables',
    async (name) => {
      const ask = (url: string) =>
        run(process.execPath, [scriptPath(name)], { env: { ...env, DATABASE_URL: url } });
      const away = await ask('postgres://seatlane@127.0.0.1:9/x').catch((e) => e);
      expect(away.stderr).toContain('PostgreSQL does not respond at 127.0.0.1:9');
      expect(away.stderr).not.toMatch(STACK);
      if (name === 'migrate.ts') return;
      const empty = await ask(inject('databaseUrl')).catch((e) => e);
      expect(empty.stderr).toContain('Run `npm run migrate`');
    },
  );
});
