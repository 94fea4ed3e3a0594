/** What the proxy of Compose and the ingress of Kubernetes keep from the public: readiness, and metrics but for operators. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ofKind } from '../../support/deploy/manifests.ts';
import { HAPROXY, startProxy, type TestProxy } from '../../support/network/proxy.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';

const SNIPPET = ofKind('Ingress')[0]?.metadata.annotations?.[
  'haproxy.org/backend-config-snippet'
] as string;
/** The snippet in the place where the ingress controller puts it. */
const INGRESS = `defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
frontend public
  bind "\${PROXY_BIND}"
  default_backend api
backend api
  ${SNIPPET.trimEnd().replaceAll('\n', '\n  ')}
  server api "\${API_ADDRESS}"
frontend inside
  bind "\${PROXY_INSIDE_BIND}"
  http-request return status 200 content-type text/plain string "up"
`;
/** Paths that an API process takes for one of them. */
const WAYS_ROUND = [
  '/%6detrics',
  '/./metrics',
  '/%2e/metrics',
  '/x/../metrics',
  '/x/%2e%2e/metrics',
  '/x/%zz/../metrics',
  '/x?/../metrics',
  '/metrics?a=1',
  '/metrics#a',
  'http://a/metrics',
  '/health/%72eady',
  '/health/x/../ready',
  '/health/./ready',
];

const folder = mkdtempSync(join(tmpdir(), 'seatlane-ingress-'));
let seatlane: TestSeatlane;
beforeAll(async () => {
  seatlane = await startSeatlane();
});
afterAll(async () => {
  await seatlane.stop();
  rmSync(folder, { recursive: true });
});

describe.skipIf(!HAPROXY).each(['proxy', 'ingress'])('the %s', (kind) => {
  let proxy: TestProxy;

  beforeAll(async () => {
    const configuration = join(folder, 'haproxy.cfg');
    writeFileSync(configuration, INGRESS);
    const address = new URL(seatlane.client.base).host;
    proxy = await startProxy(address, kind === 'ingress' ? { configuration } : {});
  });
  afterAll(() => proxy.stop());

  /** Sends the path as it is, which `fetch` does not. */
  function statusAndBodyOf(path: string, password?: string): Promise<[number, string]> {
    const { hostname, port } = new URL(proxy.base);
    const login = password === undefined ? {} : { auth: `admin:${password}` };
    return new Promise((answered, failed) => {
      request({ hostname, port, path, ...login }, async (answer) =>
        answered([answer.statusCode ?? 0, (await answer.toArray()).join('')]),
      )
        .on('error', failed)
        .end();
    });
  }

  test('the public sees that it lives, but neither readiness nor metrics', async () => {
    expect((await statusAndBodyOf('/health/live'))[0]).toBe(200);
    for (const path of ['/health/ready', '/metrics', ...WAYS_ROUND]) {
      const [status, body] = await statusAndBodyOf(path);
      expect(status, path).toBeGreaterThanOrEqual(400);
      expect(body, path).not.toMatch(/seatlane_|"status":"/);
    }
  });

  test('metrics stay closed after a wrong login', async () => {
    expect((await statusAndBodyOf('/admin/figures', 'wrong'))[0]).toBe(401);
    expect((await statusAndBodyOf('/metrics'))[0]).toBe(404);
  });

  test('an address from which an operator has logged in may read the metrics', async () => {
    expect((await statusAndBodyOf('/admin/figures', 'test-password'))[0]).toBe(200);
    expect((await statusAndBodyOf('/metrics'))[1]).toContain('seatlane_lane_waiting');
    expect((await statusAndBodyOf('/health/ready'))[0]).toBe(404);
  });
});
