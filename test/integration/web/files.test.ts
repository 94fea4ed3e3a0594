/** The files of the pages: which are served, with which headers, and that no other file is served. */
import { hash } from 'node:crypto';
import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectProblem } from '../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
/** The HTML of the page, and the base URL of its files. */
let page: string;
let files: string;
beforeAll(async () => {
  seatlane = await startSeatlane({ workers: 0 });
  page = (await seatlane.client.request('GET', '/')).body;
  files = /src="(\/app\/[\w-]+)\/web\/main\.ts"/.exec(page)?.[1] ?? '';
});
afterAll(() => seatlane.stop());

interface RawAnswer {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
}

/** Sends a request without decoding the body or normalising the path. */
function raw(path: string, headers: Record<string, string> = {}): Promise<RawAnswer> {
  const { hostname, port } = new URL(seatlane.client.base);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('a module', () => {
  test('is served as JavaScript without types', async () => {
    const { status, headers, body } = await seatlane.client.request('GET', `${files}/web/api.ts`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(body).toContain('export async function callApi');
    expect(body).not.toContain('Promise<');
    expect(body).not.toContain('import type');
  });

  test('imports only existing modules, all of which the page preloads', async () => {
    const preloaded = [...page.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(
      ([, address = '']) => address,
    );
    const map = JSON.parse(/<script type="importmap">(.*?)<\/script>/.exec(page)?.[1] ?? '{}');
    expect(preloaded.length).toBeGreaterThan(20);
    for (const address of preloaded) {
      const { status, body } = await seatlane.client.request('GET', address);
      expect(status, address).toBe(200);
      const base = `http://localhost${address}`;
      for (const [, target = ''] of body.matchAll(/\b(?:from|import)\s*["']([^"']+)["']/g)) {
        const found = target.startsWith('.') ? new URL(target, base).pathname : map.imports[target];
        expect(preloaded, `${target} in ${address}`).toContain(found);
      }
    }
  });

  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('is compressed with %s where the client accepts it', async (coding, decompress) => {
    const { headers, body } = await raw(`${files}/web/api.ts`, { 'accept-encoding': coding });
    expect(headers).toMatchObject({ 'content-encoding': coding, vary: 'Accept-Encoding' });
    expect(String(decompress(body))).toContain('export async function callApi');
  });

  test('is served uncompressed if the client accepts no encoding', async () => {
    const { headers, body } = await raw(`${files}/web/api.ts`, { 'accept-encoding': 'br;q=0' });
    expect(headers['content-encoding']).toBeUndefined();
    expect(String(body)).toContain('export async function callApi');
  });

  test('is immutable under its version, and revalidated under any other', async () => {
    const kept = await seatlane.client.request('GET', `${files}/web/main.ts`);
    expect(kept.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const other = await seatlane.client.request('GET', '/app/elsewhen/web/main.ts');
    expect(other.headers.get('cache-control')).toBe('no-cache');
    expect(other.body).toBe(kept.body);
  });

  test('is not sent again to a client that has it', async () => {
    const first = await seatlane.client.request('GET', `${files}/web/main.ts`);
    const etag = first.headers.get('etag') ?? '';
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const headers = { 'If-None-Match': known };
      const again = await seatlane.client.request('GET', `${files}/web/main.ts`, { headers });
      expect(again).toMatchObject({ status: 304, body: '' });
    }
  });
});

describe('the page', () => {
  test('allows only its own files, and the import map as the only inline script', async () => {
    const { headers } = await seatlane.client.request('GET', '/');
    const policy = headers.get('content-security-policy') ?? '';
    const map = /<script type="importmap">(.*?)<\/script>/.exec(page)?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src 'self' 'sha256-${hash('sha256', map, 'base64')}';`);
    expect(policy).not.toContain('unsafe');
    expect(policy).not.toContain('http');
    expect([...page.matchAll(/<script(?![^>]*(src|importmap))/g)]).toEqual([]);
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('is revalidated each time, and not sent again to a client that has it', async () => {
    const { headers } = await seatlane.client.request('GET', '/');
    expect(headers.get('cache-control')).toBe('no-cache');
    const known = { 'If-None-Match': headers.get('etag') ?? '' };
    expect((await seatlane.client.request('GET', '/', { headers: known })).status).toBe(304);
  });

  test('asks for a name if the development issuer is enabled, and otherwise for a token', async () => {
    expect(page).toContain('data-sign-in="name"');
    const { services } = seatlane;
    const closed = await startSeatlane({ services, workers: 0, settings: { DEV_ISSUER: 'false' } });
    expect((await closed.client.request('GET', '/')).body).toContain('data-sign-in="token"');
    await closed.stop();
  });
});

test.each([
  '/app',
  '/app/',
  '/app/VERSION',
  '/app/VERSION/',
  '/app/VERSION/web',
  '/app/VERSION/web/',
  '/app/VERSION/web/index.html',
  '/app/VERSION/web/tsconfig.json',
  '/app/../config.ts',
  '/app/%2e%2e/config.ts',
  '/app/VERSION/../../config.ts',
  '/app/VERSION/../config.ts',
  '/app/VERSION/%2e%2e/config.ts',
  '/app/VERSION/web/%2e%2e/%2e%2e/config.ts',
  '/app/VERSION/web/..%2f..%2fconfig.ts',
  '/app/VERSION/web/..%5c..%5cconfig.ts',
  '/app/VERSION/web//main.ts',
  '/app/VERSION/config.ts',
  '/app/VERSION/http/app.ts',
  '/app/VERSION/commands/resources.ts',
  '/app/VERSION/lib/package.json',
  '/app/VERSION/web/main.ts%00.css',
  '/app/VERSION/__proto__',
  '/app/VERSION/constructor',
])('%s is nothing', async (path) => {
  const { status, headers, body } = await raw(path.replace('VERSION', files.slice(5)));
  expect(status).toBe(404);
  expect(headers['content-type']).toBe('application/problem+json');
  expect(JSON.parse(String(body))).toMatchObject({ code: 'NOT_FOUND' });
});

test('files cannot be written', async () => {
  for (const method of ['POST', 'PUT', 'DELETE']) {
    expectProblem(await seatlane.client.request(method, '/'), 405, 'METHOD_NOT_ALLOWED');
  }
});
