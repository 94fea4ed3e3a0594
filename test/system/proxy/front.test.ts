/** The proxy behind another server that ends TLS, and with TLS of its own. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type EchoingApi, startEchoingApi } from '../../support/network/echoing-api.ts';
import { HAPROXY } from '../../support/network/proxy.ts';
import { waitFor } from '../../support/wait-for.ts';

describe.skipIf(!HAPROXY)('behind a front', () => {
  let api: EchoingApi;

  beforeAll(async () => {
    api = await startEchoingApi();
  });
  afterAll(() => api.stop());

  const from = (address: string) => ({
    headers: { 'X-Forwarded-For': `10.9.8.7, ${address}`, 'X-Forwarded-Proto': 'https' },
  });

  test('the address and protocol that a known front names reach the API', () =>
    api.withProxy({ front: '192.0.2.0/24 127.0.0.1' }, async (_proxy, client) => {
      const { body } = await client.request('GET', '/', from('203.0.113.7'));
      expect(body).toMatchObject({
        'x-forwarded-for': '203.0.113.7',
        'x-forwarded-proto': 'https',
      });
      expect((await client.request('GET', '/')).body['x-forwarded-for']).toBe('127.0.0.1');
    }));

  test('each of its clients has its own limit of requests, over shared connections', () =>
    api.withProxy({ front: '127.0.0.1', requests: 10 }, async (_proxy, client) => {
      const refusedOf = async (address: string) => {
        const statuses: number[] = [];
        for (let sent = 0; sent < 12; sent += 1) {
          statuses.push((await client.request('GET', '/', from(address))).status);
        }
        return statuses.filter((status) => status === 429).length;
      };
      expect(await refusedOf('203.0.113.7')).toBe(2);
      expect(await refusedOf('203.0.113.8')).toBe(2);
    }));

  test('each of its clients has its own limit of requests in flight', () =>
    api.withProxy({ front: '127.0.0.1', connections: 5 }, async (_proxy, client) => {
      let refused = 0;
      const ask = async (address: string) => {
        const { status } = await client.request('GET', '/slow', from(address));
        if (status === 429) refused += 1;
        return status;
      };
      const statusesOf = (address: string) =>
        Promise.all(Array.from({ length: 8 }, () => ask(address)));
      const asked = Promise.all([statusesOf('203.0.113.7'), statusesOf('203.0.113.8')]);
      await waitFor('three of each to be refused', () => refused === 6);
      api.release();
      const both = await asked;
      for (const statuses of both) {
        expect(statuses.filter((status) => status === 200)).toHaveLength(5);
      }
    }));

  test('a front can name the address by the PROXY protocol', () =>
    api.withProxy({ bindOptions: 'accept-proxy' }, async ({ base }) => {
      const socket = connect(Number(new URL(base).port), '127.0.0.1');
      let received = '';
      socket.on('data', (data) => {
        received += data;
      });
      socket.write('PROXY TCP4 203.0.113.7 192.0.2.1 4711 443\r\n');
      socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      await once(socket, 'close');
      expect(received).toContain('"x-forwarded-for":"203.0.113.7"');
    }));

  test('it serves TLS with a certificate on its own port', () =>
    api.withProxy(
      { bindOptions: `ssl crt ${certificate()} alpn h2,http/1.1` },
      async ({ base }) => {
        const asked = request(base.replace('http:', 'https:'), { rejectUnauthorized: false }).end();
        const [answer] = await once(asked, 'response');
        const body = JSON.parse((await answer.toArray()).join(''));
        expect(body).toMatchObject({
          'x-forwarded-for': '127.0.0.1',
          'x-forwarded-proto': 'https',
        });
      },
    ));
});

/** @returns a file with the key and the certificate of a host, for the time of the test */
function certificate(): string {
  const folder = mkdtempSync(join(tmpdir(), 'seatlane-proxy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'host.pem');
  const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout ${file} -out ${file}.crt`;
  execFileSync('openssl', words.split(' '), { stdio: 'pipe' });
  appendFileSync(file, readFileSync(`${file}.crt`));
  return file;
}
