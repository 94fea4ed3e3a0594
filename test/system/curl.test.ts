/** The commands of docs/curl.md do what the page says, as a shell runs them, with tokens of `npm run token`. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seed } from '../../scripts/steps/seed.ts';
import { readPage } from '../support/markdown.ts';
import { type SandboxedSeatlane, startWithSandbox } from '../support/sandbox/with-sandbox.ts';
import { environmentFor } from '../support/services/seatlane.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');

const [buy = '', , byCard = ''] = readPage('docs/curl.md').blocks;
/** Up to the order, which a card pays then. */
const order = buy.slice(0, buy.indexOf('api -X POST $API/points/charge'));

let sandboxed: SandboxedSeatlane;
beforeAll(async () => {
  sandboxed = await startWithSandbox();
  await seed(sandboxed.seatlane.services.databaseUrl, new Date());
});
afterAll(() => sandboxed.stop());

/** The environment of a program that uses the services of the test. */
function environment() {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, ...environmentFor(sandboxed.seatlane.services) };
}

/** Runs commands of the page against the API of the test. @returns the lines that they print */
async function linesOf(commands: string): Promise<string[]> {
  const { client } = sandboxed.seatlane;
  const here = commands.replace('http://localhost:3000', client.base);
  expect(here).toContain(`API=${client.base}\n`);
  const { stdout, stderr } = await run('bash', ['--norc', '-euc', here], {
    cwd: ROOT,
    env: environment(),
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

test('the commands buy a seat with points', async () => {
  const answers = (await linesOf(buy)).map((line) => JSON.parse(line));
  expect(answers).toMatchObject([
    { command: 'enter-queue', state: 'succeeded' },
    { items: [{ id: 1 }] },
    { items: [{ id: 1 }] },
    { command: 'charge-points', state: 'succeeded', result: { balance: 12_000 }, problem: null },
    { command: 'pay-order', state: 'succeeded', problem: null },
    { items: [{ state: 'paid' }] },
  ]);
});

test('the commands buy a seat by card', async () => {
  const lines = await linesOf(`${order}\n${byCard}`);
  const [back, state, tickets = ''] = lines.slice(3);
  expect(back).toMatch(/^http:\/\/localhost:8080\/thanks\?checkoutId=\d+$/);
  expect(state).toBe('paid');
  expect(JSON.parse(tickets)).toMatchObject({ items: [{ state: 'valid' }] });
});

test.each([
  { words: [], claims: { sub: 'ada' } },
  { words: ['bea', '--name', 'Bea B.'], claims: { sub: 'bea', name: 'Bea B.' } },
  { words: ['--admin'], claims: { sub: 'operator', role: 'admin' } },
  { words: ['--gate'], claims: { sub: 'gate', role: 'gate' } },
  { words: ['cem', '--admin'], claims: { sub: 'cem', role: 'admin' } },
])('npm run token -- $words prints a token of $claims', async ({ words, claims }) => {
  const npm = ['run', '--silent', 'token', '--', ...words];
  const { stdout } = await run('npm', npm, { cwd: ROOT, env: environment() });
  const token = stdout.trim();
  const { sub, name, role } = decodeJwt(token);
  expect({ sub, name, role }).toEqual({ name: undefined, role: undefined, ...claims });
  const { status } = await sandboxed.seatlane.client.request('GET', '/admin/admission', { token });
  expect(status).toBe(role === 'admin' ? 200 : 403);
});
