/** Responses of which clients keep a copy. */
import { gunzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { CachedBody } from '../../../src/http/cached-body.ts';
import { respondCached } from '../../../src/http/conditional.ts';

const ETAG = '"version-1"';
const large = JSON.stringify({ text: 'x'.repeat(3000) });

/** The response to a request for a body. */
function respond(
  { body = large, cacheControl }: { body?: string; cacheControl?: string },
  headers: Record<string, string> = {},
) {
  const cached = new CachedBody({ body, etag: ETAG });
  const app = new Hono().get('/', (c) =>
    respondCached(c, cached, cacheControl ? { cacheControl } : {}),
  );
  return app.request('/', { headers });
}

test('a client that accepts gzip gets a compressed body, and others get it as it is', async () => {
  const plain = await respond({});
  expect(plain.headers.get('content-encoding')).toBeNull();
  expect(plain.headers.get('content-type')).toBe('application/json');
  expect(await plain.text()).toBe(large);
  const zipped = await respond({}, { 'accept-encoding': 'gzip' });
  expect(zipped.headers.get('content-encoding')).toBe('gzip');
  expect(gunzipSync(await zipped.arrayBuffer()).toString()).toBe(large);
  for (const { headers } of [plain, zipped]) {
    expect(headers.get('vary')).toContain('Accept-Encoding');
    expect(headers.get('etag')).toBe(ETAG);
  }
});

test('a small body is never compressed', async () => {
  const response = await respond({ body: '{"items":[]}' }, { 'accept-encoding': 'gzip' });
  expect(response.headers.get('content-encoding')).toBeNull();
  expect(await response.text()).toBe('{"items":[]}');
});

test.each([
  [undefined, 'private, no-cache'],
  ['public, immutable', 'public, immutable'],
])('with the cache control %s, the body and 304 have %s', async (cacheControl, expected) => {
  const given = cacheControl ? { cacheControl } : {};
  const whole = await respond(given);
  const unchanged = await respond(given, { 'if-none-match': ETAG });
  expect([whole.status, unchanged.status]).toEqual([200, 304]);
  for (const { headers } of [whole, unchanged]) {
    expect(headers.get('cache-control')).toBe(expected);
    expect(headers.get('etag')).toBe(ETAG);
  }
  expect(await unchanged.text()).toBe('');
});
