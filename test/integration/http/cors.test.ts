/** CORS: pages of the origins that `CORS_ORIGINS` names call the API from a browser, all others do not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';

const SHOP = 'https://shop.example';
const OTHER = 'https://other.example';

const listOf = (header: string | null) => (header ?? '').split(',').map((each) => each.trim());
const preflightOf = (origin: string, method = 'POST') => ({
  headers: {
    Origin: origin,
    'Access-Control-Request-Method': method,
    'Access-Control-Request-Headers': 'authorization,content-type,idempotency-key',
  },
});

describe('with a list of origins', () => {
  let seatlane: TestSeatlane;
  beforeAll(async () => {
    seatlane = await startSeatlane({
      settings: { CORS_ORIGINS: `${SHOP}, http://localhost:5173` },
    });
  });
  afterAll(() => seatlane.stop());
  const ask = (method: string, path: string, origin: string, token?: string) =>
    seatlane.client.request(method, path, { token, headers: { Origin: origin } });

  test.each(['/concerts', '/points/charge', '/concerts/bookings/7', '/nothing/at/all'])(
    'a preflight for %s is answered without a token',
    async (path) => {
      const { status, headers, body } = await seatlane.client.request(
        'OPTIONS',
        path,
        preflightOf(SHOP),
      );
      expect([status, body]).toEqual([204, '']);
      expect(headers.get('access-control-allow-origin')).toBe(SHOP);
      expect(listOf(headers.get('access-control-allow-methods'))).toEqual(
        expect.arrayContaining(['GET', 'POST', 'PUT', 'DELETE']),
      );
      expect(listOf(headers.get('access-control-allow-headers'))).toEqual(
        expect.arrayContaining([
          'Authorization',
          'Queue-Token',
          'Idempotency-Key',
          'Prefer',
          'Content-Type',
          'Last-Event-ID',
          'If-None-Match',
          'traceparent',
        ]),
      );
      expect(Number(headers.get('access-control-max-age'))).toBeGreaterThanOrEqual(600);
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    },
  );

  test('a preflight from another origin gets no permission', async () => {
    const { headers } = await seatlane.client.request('OPTIONS', '/concerts', preflightOf(OTHER));
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('access-control-allow-methods')).toBeNull();
  });

  test.each([
    ['a success', 'GET', '/concerts', 200],
    ['a problem of a route', 'GET', '/points', 401],
    ['a refused request', 'GET', '/concerts?limit=0', 400],
    ['a path that does not exist', 'GET', '/nothing', 404],
    ['a method that does not exist', 'POST', '/points', 405],
    ['the API description', 'GET', '/openapi.json', 200],
  ])('%s can be read by an allowed origin, and only by it', async (_, method, path, expected) => {
    const { status, headers } = await ask(method, path, SHOP);
    expect(status).toBe(expected);
    expect(headers.get('access-control-allow-origin')).toBe(SHOP);
    expect(listOf(headers.get('vary'))).toContain('Origin');
    expect(listOf(headers.get('access-control-expose-headers'))).toEqual(
      expect.arrayContaining([
        'Location',
        'Retry-After',
        'ETag',
        'Preference-Applied',
        'X-Request-Id',
      ]),
    );
    const refused = await ask(method, path, OTHER);
    expect(refused.status).toBe(expected);
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    expect(listOf(refused.headers.get('vary'))).toContain('Origin');
  });

  test('seat maps and event streams can be read by an allowed origin', async () => {
    const schedule = await seatlane.client.schedule();
    const ada = await seatlane.client.admitted('ada');
    for (const form of ['seats', 'availability', 'events']) {
      const abort = new AbortController();
      const { status, headers } = await fetch(
        `${seatlane.client.base}/concerts/schedules/${schedule.id}/${form}`,
        {
          headers: {
            Origin: SHOP,
            Authorization: `Bearer ${ada.token}`,
            'Queue-Token': ada.queueToken,
          },
          signal: abort.signal,
        },
      );
      abort.abort();
      expect(status, form).toBe(200);
      expect(headers.get('access-control-allow-origin'), form).toBe(SHOP);
      expect(listOf(headers.get('vary')), form).toContain('Origin');
    }
  });

  test('other origins cannot read anything under /admin', async () => {
    const token = await seatlane.client.tokenFor('operator', 'admin');
    for (const path of ['/admin', '/admin/admission', '/admin/session', '/admin/queues']) {
      const { headers } = await ask('GET', path, SHOP, token);
      expect(headers.get('access-control-allow-origin'), path).toBeNull();
      const preflight = await seatlane.client.request('OPTIONS', path, preflightOf(SHOP));
      expect(preflight.headers.get('access-control-allow-origin'), path).toBeNull();
    }
  });
});

describe('with CORS_ORIGINS=*', () => {
  let seatlane: TestSeatlane;
  beforeAll(async () => {
    seatlane = await startSeatlane({ settings: { CORS_ORIGINS: '*' }, workers: 0 });
  });
  afterAll(() => seatlane.stop());

  test('every origin can call, and all get the same response', async () => {
    for (const origin of [SHOP, OTHER, 'null']) {
      const { headers } = await seatlane.client.request('GET', '/concerts', {
        headers: { Origin: origin },
      });
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('vary')).toBeNull();
      const preflight = await seatlane.client.request('OPTIONS', '/points', preflightOf(origin));
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    }
  });
});

describe('without CORS_ORIGINS', () => {
  let seatlane: TestSeatlane;
  beforeAll(async () => {
    seatlane = await startSeatlane({ workers: 0 });
  });
  afterAll(() => seatlane.stop());

  test('other origins cannot read any response', async () => {
    const { headers } = await seatlane.client.request('GET', '/concerts', {
      headers: { Origin: SHOP },
    });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('vary')).toBeNull();
    const preflight = await seatlane.client.request('OPTIONS', '/concerts', preflightOf(SHOP));
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });
});
