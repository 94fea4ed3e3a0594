/** Bull Board, behind its login. */
import { globSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

const BULL_BOARD = join(
  dirname(findPackageJSON('@bull-board/ui/package.json', import.meta.url) ?? ''),
  'dist',
);

let seatlane: TestSeatlane;
beforeAll(async () => {
  seatlane = await startSeatlane({ settings: { TRUSTED_PROXIES: '1' }, workers: 0 });
});
afterAll(() => seatlane.stop());

let clients = 0;
/** Each login has a different address, because failed logins are limited per address. */
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

test.each(PATHS)('%s requires a login and refuses a wrong one', async (path) => {
  for (const login of [undefined, 'admin:', 'admin:wrong-password', 'root:test-password', ':']) {
    const answer = await open(path, login);
    expect(answer.status).toBe(401);
    expectProblem(answer, 401, 'LOGIN_REQUIRED');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic/);
  }
});

test('an access token is not accepted as a login', async () => {
  const token = await seatlane.client.tokenFor('operator', 'admin');
  expect((await seatlane.client.request('GET', '/admin/queues', { token })).status).toBe(401);
});

/** Hosts that the scripts of Bull Board name without loading anything from them. */
const NAMED_HOSTS = new Set([
  // Namespaces of SVG, MathML and JSON Schema.
  'www.w3.org',
  'json-schema.org',
  // Links that an operator can follow: releases, documentation, the logo of the flow chart.
  'github.com',
  'felixmosh.github.io',
  'reactflow.dev',
  // In error messages of its libraries.
  'react.dev',
  'reactjs.org',
  'redux.js.org',
  'redux-toolkit.js.org',
  'base-ui.com',
  'bit.ly',
  'react.i18next.com',
  'fb.me',
  // Placeholder hosts for parsing relative addresses.
  'fake.com',
  'localhost',
]);

describe('the dashboard page loads nothing from other hosts', () => {
  test('its links point to this server', async () => {
    const page = await open('/admin/queues', RIGHT);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    const base = /<base href="([^"]+)"/.exec(page.body)?.[1] ?? '';
    const links = [...page.body.matchAll(/\b(?:src|href)="([^"]+)"/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(5);
    for (const link of links) {
      const { pathname, origin } = new URL(link, `${seatlane.client.base}${base}`);
      expect(origin, link).toBe(seatlane.client.base);
      expect((await open(pathname, RIGHT)).status, link).toBe(200);
    }
    expect(page.body).not.toMatch(/https?:\/\//);
  });

  test('its content security policy allows nothing else', async () => {
    const { headers } = await open('/admin/queues', RIGHT);
    const policy = (headers.get('content-security-policy') ?? '').split('; ');
    expect(policy).toContain("default-src 'none'");
    const sources = policy.flatMap((each) => each.split(' ').slice(1));
    expect(
      sources.filter((source) => !/^('(none|self|unsafe-inline)'|data:)$/.test(source)),
    ).toEqual([]);
  });

  test('its scripts, styles and texts contain no host from which they could load anything', async () => {
    const assets = globSync('static/**/*.{js,css,json,svg}', { cwd: BULL_BOARD });
    expect(assets.length).toBeGreaterThan(20);
    const outside = await Promise.all(
      assets.map(async (asset) => {
        const { status, body } = await open(`/admin/queues/${asset}`, RIGHT);
        expect(status, asset).toBe(200);
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        const hosts = [...text.matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host = '']) => host);
        return hosts.filter((host) => !NAMED_HOSTS.has(host)).map((host) => `${asset}: ${host}`);
      }),
    );
    expect(outside.flat()).toEqual([]);
  });
});

test('the dashboard shows every lane, the timers, the webhooks and the payments, and can change nothing', async () => {
  const { status, body } = await open('/admin/queues/api/queues', RIGHT);
  expect(status).toBe(200);
  const { seatLanes, userLanes } = seatlane.config;
  expect(body.queues).toHaveLength(seatLanes + userLanes + 4);
  const names = body.queues.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(['timers', 'webhooks', 'payments', 'refunds']));
  for (const queue of body.queues) expect(queue).toMatchObject({ readOnlyMode: true });
  const paused = await open('/admin/queues/api/queues/user-0/pause', RIGHT, 'PUT');
  expect(paused.status).toBeGreaterThanOrEqual(400);
});

test('the dashboard shows the owner of a lane as its worker', async () => {
  const workersOf = async (queue: string) =>
    (await open(`/admin/queues/api/queues/${queue}/workers`, RIGHT)).body.workers;
  expect(await workersOf('seat-0')).toEqual([]);
  const worker = await seatlane.addWorker();
  const [found] = await waitFor('the board shows the owner', async () => {
    const workers = await workersOf('seat-0');
    return workers.length > 0 && workers;
  });
  const [lane] = await seatlane.rows<{ owner: string }>(
    `select owner from lane where name = 'seat-0'`,
  );
  expect(found).toMatchObject({ name: lane?.owner, id: lane?.owner, age: expect.any(Number) });
  const { body } = await open('/admin/queues/api/queues', RIGHT);
  expect(body.queues.filter(({ hasWorkers }: any) => !hasWorkers)).toEqual([]);
  expect(await workersOf('timers')).toHaveLength(1);
  await worker.stop();
  await waitFor(
    'the board shows no worker any more',
    async () => (await workersOf('seat-0')).length === 0,
  );
});

test('without a password in the settings the dashboard is not served', async () => {
  const closed = await startSeatlane({ settings: { ADMIN_PASSWORD: '' }, workers: 0 });
  try {
    for (const path of PATHS) {
      expect((await closed.client.request('GET', path)).body.code).toBe('NOT_FOUND');
    }
  } finally {
    await closed.stop();
  }
});
