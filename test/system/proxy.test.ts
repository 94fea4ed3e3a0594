/** The proxy in front of the API: what it lets through as it is, what it adds, and what it refuses. */
import type { IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isProblemCode } from '../../src/http/problems/problems.ts';
import { TestClient } from '../support/http/client.ts';
import { expectProblem } from '../support/http/problems.ts';
import { type EchoingApi, startEchoingApi } from '../support/network/echoing-api.ts';
import { HAPROXY, startProxy, type TestProxy } from '../support/network/proxy.ts';
import { startSeatlane, type TestSeatlane } from '../support/services/seatlane.ts';
import { waitFor } from '../support/wait-for.ts';

describe.skipIf(!HAPROXY)('in front of the API', () => {
  let seatlane: TestSeatlane;
  let proxy: TestProxy;
  let client: TestClient;

  beforeAll(async () => {
    seatlane = await startSeatlane();
    proxy = await startProxy(new URL(seatlane.client.base).host);
    client = new TestClient(proxy.base);
  });
  afterAll(async () => {
    await proxy.stop();
    await seatlane.stop();
  });

  test('a buyer gets from the queue to a paid seat', async () => {
    const { seats } = await client.schedule();
    const ada = await client.admitted('ada');
    await client.command('POST', '/points/charge', { ...ada, body: { amount: 100 } });
    const booked = await client.command('POST', `/concerts/seats/${seats[0]?.id}/book`, ada);
    expect(booked.body.state).toBe('succeeded');
    const path = `/concerts/bookings/${booked.body.result.id}/pay`;
    expect((await client.command('POST', path, ada)).body.state).toBe('succeeded');
  });

  test('changes of seats come while the stream goes on', async () => {
    const { id, seats } = await client.schedule();
    const ada = await client.admitted('ada of the stream');
    const headers = { Authorization: `Bearer ${ada.token}`, 'Queue-Token': ada.queueToken };
    const stream = await fetch(`${client.base}/concerts/schedules/${id}/events`, { headers });
    expect(stream.headers.get('content-type')).toMatch('text/event-stream');
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    await client.command('POST', `/concerts/seats/${seats[2]?.id}/book`, ada);
    let said = '';
    await waitFor('the seat to be told of', async () => {
      said += (await reader?.read())?.value ?? '';
      return said.includes(`[${seats[2]?.id},"held"]`);
    });
    await reader?.cancel();
  });

  test('the proxy’s own figures come from inside', async () => {
    const inside = await fetch(`${proxy.inside}/metrics`);
    expect(await inside.text()).toContain('haproxy_frontend_http_requests_total');
    expect((await fetch(`${proxy.inside}/other`)).status).toBe(404);
  });
});

/** An API that says which headers reached it. */
describe.skipIf(!HAPROXY)('what the proxy does to a request', () => {
  let api: EchoingApi;

  beforeAll(async () => {
    api = await startEchoingApi();
  });
  afterAll(() => api.stop());

  test('it says where the request comes from, whatever the client claims', () =>
    api.withProxy({}, async (_proxy, client) => {
      const claims = { 'X-Forwarded-For': '10.9.8.7', 'X-Forwarded-Proto': 'https' };
      const { body } = await client.request('GET', '/', { headers: claims });
      expect(body as IncomingHttpHeaders).toMatchObject({
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'http',
        'x-forwarded-host': new URL(client.base).host,
      });
    }));

  test('it keeps the request’s id, and makes one where there is none', () =>
    api.withProxy({}, async (_proxy, client) => {
      const idOf = async (headers: Record<string, string>) =>
        (await client.request('GET', '/', { headers })).body['x-request-id'];
      expect(await idOf({ 'X-Request-Id': 'mine' })).toBe('mine');
      expect(await idOf({})).toMatch(/^[\da-f-]{36}$/);
      expect(await idOf({ 'X-Request-Id': 'x'.repeat(200) })).toMatch(/^[\da-f-]{36}$/);
    }));

  test('an address that sends too much is told to wait', () =>
    api.withProxy({ requests: 20 }, async (_proxy, client) => {
      const answers = await Promise.all(
        Array.from({ length: 30 }, () => client.request('GET', '/')),
      );
      const refused = answers.filter(({ status }) => status !== 200);
      expect(refused).toHaveLength(10);
      for (const answer of refused) {
        expectProblem(answer, 429, 'RATE_LIMITED');
        expect(answer.headers.get('retry-after')).toBe('10');
      }
    }));

  test('an address with too many connections gets no more', () =>
    api.withProxy({ connections: 5 }, async ({ base }) => {
      const sockets: Socket[] = [];
      for (let opened = 0; opened < 10; opened += 1) {
        sockets.push(connect(Number(new URL(base).port), '127.0.0.1').on('error', () => undefined));
      }
      await waitFor('five to be cut', () => sockets.filter(({ closed }) => closed).length === 5);
      for (const socket of sockets) socket.destroy();
    }));

  test('it logs what fails, and nothing else', () =>
    api.withProxy({}, async ({ log }, client) => {
      for (let sent = 0; sent < 5; sent += 1) await client.request('GET', '/');
      await client.request('GET', '/fails');
      await waitFor('the failure to be logged', () => log().includes('/fails'));
      expect(log()).not.toContain('"GET / HTTP');
    }));

  test('an API that stops is left out, and one that is started taken back', () =>
    api.withProxy({}, async (_proxy, client) => {
      const look = () => client.request('GET', '/');
      expect((await look()).status).toBe(200);
      api.failing = ['/health/ready', '/health/serving'];
      const refused = await waitFor('it to be left out', async () => {
        const answer = await look();
        return answer.status === 503 && answer;
      });
      expectProblem(refused, 503, 'SERVICE_UNAVAILABLE');
      expect(isProblemCode(refused.body.code)).toBe(true);
      expect(refused.headers.get('retry-after')).toBe('1');
      api.failing = [];
      await waitFor('it to be taken back', async () => (await look()).status === 200);
    }));

  test('an API without PostgreSQL or Redis gets requests if there is no other', () =>
    api.withProxy({}, async (proxy, client) => {
      api.failing = ['/health/ready'];
      const servers = async () => {
        const metrics = await (await fetch(`${proxy.inside}/metrics`)).text();
        const up = (backend: string) =>
          new RegExp(`haproxy_backend_active_servers{proxy="${backend}"} (\\d+)`).exec(
            metrics,
          )?.[1];
        return [up('api'), up('api_without_services')];
      };
      await waitFor('no process is ready', async () => (await servers())[0] === '0');
      expect((await servers())[1]).not.toBe('0');
      expect((await client.request('GET', '/')).status).toBe(200);
      api.failing = [];
    }));
});
