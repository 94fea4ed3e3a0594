/** Bull Board, behind its login. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectProblem } from '../../support/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../support/seatlane.ts';

let seatlane: TestSeatlane;
beforeAll(async () => {
  seatlane = await startSeatlane({ settings: { TRUSTED_PROXIES: '1' }, workers: 0 });
});
afterAll(() => seatlane.stop());

let clients = 0;
/** From an address of its own each time, as no address may fail often. */
const open = (path: string, login?: string, method = 'GET') => {
  clients += 1;
  return seatlane.client.request(method, path, {
    headers: {
      'X-Forwarded-For': `192.0.2.${clients}`,
      ...(login && { Authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
    },
  });
};

const PATHS = ['/admin/queues', '/admin/queues/', '/admin/queues/api/queues'];
const RIGHT = 'admin:test-password';

test.each(PATHS)('%s asks for a login, and takes no wrong one', async (path) => {
  for (const login of [undefined, 'admin:', 'admin:wrong-password', 'root:test-password', ':']) {
    const answer = await open(path, login);
    expect(answer.status).toBe(401);
    expectProblem(answer, 401, 'LOGIN_REQUIRED');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic/);
  }
});

test('an access token is no login', async () => {
  const token = await seatlane.client.tokenFor('operator', 'admin');
  expect((await seatlane.client.request('GET', '/admin/queues', { token })).status).toBe(401);
});

test('with the login the dashboard is a page that needs nothing from elsewhere', async () => {
  const page = await open('/admin/queues', RIGHT);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file);
  const base = /<base href="([^"]+)"/.exec(page.body)?.[1] ?? '/admin/queues/';
  for (const file of files.filter((name) => /\.(js|css)$/.test(name))) {
    const { pathname, host } = new URL(file, `${seatlane.client.base}${base}`);
    expect(host).toBe(new URL(seatlane.client.base).host);
    expect((await open(pathname, RIGHT)).status).toBe(200);
  }
});

test('the dashboard shows every lane, the timers and the webhooks, and can change nothing', async () => {
  const { status, body } = await open('/admin/queues/api/queues', RIGHT);
  expect(status).toBe(200);
  const { seatLanes, userLanes } = seatlane.config;
  expect(body.queues).toHaveLength(seatLanes + userLanes + 2);
  for (const queue of body.queues) expect(queue).toMatchObject({ readOnlyMode: true });
  const paused = await open('/admin/queues/api/queues/user-0/pause', RIGHT, 'PUT');
  expect(paused.status).toBeGreaterThanOrEqual(400);
});

test('without a password in the settings there is no dashboard', async () => {
  const closed = await startSeatlane({ settings: { ADMIN_PASSWORD: '' }, workers: 0 });
  try {
    for (const path of PATHS) {
      expect((await closed.client.request('GET', path)).body.code).toBe('NOT_FOUND');
    }
  } finally {
    await closed.stop();
  }
});
