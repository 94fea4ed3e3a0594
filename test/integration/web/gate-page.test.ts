/** The page of a gate and its service worker: their headers, and that the worker keeps all files of the page. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
beforeAll(async () => {
  seatlane = await startSeatlane({ workers: 0 });
});
afterAll(() => seatlane.stop());

const get = (path: string) => seatlane.client.request('GET', path);

/** What the server puts in front of the service worker's text. */
async function manifest(): Promise<{ version: string; page: string; files: string[] }> {
  const { body } = await get('/gate/sw.js');
  return JSON.parse(/^const MANIFEST = (.*);\n/.exec(body)?.[1] ?? '{}');
}

describe('the page of a gate', () => {
  test('may use the camera, a worker and WebAssembly, which no other page may', async () => {
    const { status, headers } = await get('/gate');
    const policy = headers.get('content-security-policy') ?? '';
    expect(status).toBe(200);
    expect(headers.get('permissions-policy')).toBe('camera=(self)');
    expect(policy).toMatch(/default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-/);
    expect(policy).toContain("worker-src 'self'");
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types seatlane-gate");
    expect(policy).not.toMatch(/'unsafe|http|blob:|data:/);
    const { headers: others } = await get('/');
    expect(others.get('permissions-policy')).toBeNull();
    expect(others.get('content-security-policy')).not.toMatch(/wasm|worker-src|seatlane-gate/);
  });

  test('needs no login, and loads only its own files', async () => {
    const { body } = await get('/gate');
    expect(body).toMatch(/src="\/app\/[\w-]+\/web\/gate\/main\.ts"/);
    expect(body).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect((await get('/')).body).not.toContain('zxing');
  });
});

describe('its service worker', () => {
  test('may answer for the page, which lies above its own address', async () => {
    const { headers, body } = await get('/gate/sw.js');
    expect(headers.get('service-worker-allowed')).toBe('/gate');
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(body).not.toContain('declare');
  });

  test('keeps all files that the page names or loads, and each exists', async () => {
    const { page, files } = await manifest();
    expect(page).toBe('/gate');
    const { body } = await get('/gate');
    const named = [...body.matchAll(/(?:src|href)="(\/app\/[^"]+)"/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !files.includes(name as string))).toEqual([]);
    for (const file of files) expect((await get(file)).status, file).toBe(200);
    const wasm = files.find((file) => file.endsWith('.wasm')) as string;
    expect((await get(wasm)).headers.get('content-type')).toBe('application/wasm');
  });
});
