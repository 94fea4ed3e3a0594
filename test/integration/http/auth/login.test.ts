/** Failed logins of operators are logged, counted, and limited per address. */
import { type Logger, pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { FAILURES_MAX } from '../../../../src/http/auth/login-throttle.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

interface Line {
  msg: string;
  address?: string;
  username?: string;
  secondsToWait?: number;
}

const RIGHT = 'admin:test-password';
let seatlane: TestSeatlane;
let lines: Line[] = [];

const log: Logger = pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line)) });

beforeAll(async () => {
  const settings = { TRUSTED_PROXIES: '1' };
  seatlane = await startSeatlane({ settings, log, workers: 0 });
});
beforeEach(() => {
  lines = [];
});
afterAll(() => seatlane.stop());

const logIn = (login: string, address: string, path = '/admin/session') =>
  seatlane.client.request('GET', path, {
    headers: { Authorization: `Basic ${btoa(login)}`, 'X-Forwarded-For': address },
  });

async function failedLogins(reason: string): Promise<number> {
  const { body } = await seatlane.client.request('GET', '/metrics');
  const sample = new RegExp(`^seatlane_failed_logins_total\\{reason="${reason}"\\} (\\d+)$`, 'm');
  return Number(sample.exec(body)?.[1] ?? 0);
}

test('a failed login is logged with its address and name, never with its password', async () => {
  expectProblem(await logIn('root:guess-1', '192.0.2.1'), 401, 'LOGIN_REQUIRED');
  const logged = lines.filter(({ msg }) => msg.startsWith('Operator login failed'));
  expect(logged).toMatchObject([{ address: '192.0.2.1', username: 'root' }]);
  await logIn(`${'x'.repeat(5000)}:guess-2`, '192.0.2.1');
  expect(lines.at(-1)?.username).toBe('x'.repeat(64));
  expect(JSON.stringify(lines)).not.toContain('guess');
});

test('of many concurrent logins ten are checked; then their address must wait, and other addresses need not', async () => {
  const [wrong, throttled] = [await failedLogins('wrong'), await failedLogins('throttled')];
  const paths = ['/admin/session', '/admin/figures', '/admin', '/admin/queues'];
  const answers = await Promise.all(
    Array.from({ length: 4 * FAILURES_MAX }, (_, n) =>
      logIn(`admin:guess-${n}`, '192.0.2.2', paths[n % paths.length]),
    ),
  );
  const refused = answers.filter(({ status }) => status !== 401);
  expect(refused).toHaveLength(3 * FAILURES_MAX);
  for (const answer of refused) {
    expectProblem(answer, 429, 'TOO_MANY_LOGINS');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expectProblem(await logIn(RIGHT, '192.0.2.2'), 429, 'TOO_MANY_LOGINS');
  expect((await logIn(RIGHT, '192.0.2.3')).status).toBe(200);
  expect(await failedLogins('wrong')).toBe(wrong + FAILURES_MAX);
  expect(await failedLogins('throttled')).toBe(throttled + 3 * FAILURES_MAX + 1);
  expect(lines.filter(({ msg }) => msg.startsWith('Operator login failed'))).toHaveLength(
    FAILURES_MAX,
  );
  expect(lines.filter(({ secondsToWait }) => secondsToWait !== undefined)).toHaveLength(1);
});

test('a successful login does not give its address more attempts', async () => {
  for (let guess = 1; guess < FAILURES_MAX; guess += 1) await logIn('admin:guess', '192.0.2.5');
  expect((await logIn(RIGHT, '192.0.2.5')).status).toBe(200);
  expectProblem(await logIn('admin:guess', '192.0.2.5'), 401, 'LOGIN_REQUIRED');
  expectProblem(await logIn('admin:guess', '192.0.2.5'), 429, 'TOO_MANY_LOGINS');
});

test('a request without a login does not count as a failed login', async () => {
  for (let asked = 0; asked < 2 * FAILURES_MAX; asked += 1) {
    const headers = { 'X-Forwarded-For': '192.0.2.4' };
    const answer = await seatlane.client.request('GET', '/admin/session', { headers });
    expectProblem(answer, 401, 'LOGIN_REQUIRED');
  }
  expect((await logIn(RIGHT, '192.0.2.4')).status).toBe(200);
});

test('a proxy that is missing in the settings is logged once, with the name of the setting', async () => {
  const other = await startSeatlane({ services: seatlane.services, log, workers: 0 });
  const warnings = () => lines.filter(({ msg }) => msg.includes('X-Forwarded-For'));
  await other.client.request('GET', '/concerts');
  expect(warnings()).toEqual([]);
  const headers = { 'X-Forwarded-For': '192.0.2.6' };
  await other.client.request('GET', '/concerts', { headers });
  await other.client.request('GET', '/health/live', { headers });
  expect(warnings()).toHaveLength(1);
  expect(warnings()[0]?.msg).toContain('set TRUSTED_PROXIES to the number of proxies');
  await seatlane.client.request('GET', '/concerts', { headers });
  expect(warnings()).toHaveLength(1);
  await other.stop();
});
