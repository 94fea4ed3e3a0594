/** Clients that go away while they send a body: their doing, not ours. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleOf, samplesOf } from '../../support/deploy/metric-samples.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';

let seatlane: TestSeatlane;
let logged = '';
beforeAll(async () => {
  const log = pino({ level: 'warn' }, { write: (line: string) => (logged += line) });
  seatlane = await startSeatlane({ log });
});
afterAll(() => seatlane.stop());

const JSON_HEADERS = 'Content-Type: application/json\r\n';
const BODIES = {
  'with a length': `${JSON_HEADERS}Content-Length: 100\r\n\r\n{"amount":`,
  'in chunks': `${JSON_HEADERS}Transfer-Encoding: chunked\r\n\r\n5\r\n{"amo\r\n`,
};

async function requests(status: string): Promise<number> {
  const { body } = await seatlane.client.request('GET', '/metrics');
  const labels = { method: 'POST', route: '/points/charge', status };
  return sampleOf(samplesOf(body), 'seatlane_http_request_seconds_count', labels) ?? 0;
}

test.each(Object.entries(BODIES))(
  'a body %s that is cut off is counted as an error of the client',
  async (_, body) => {
    const { client } = seatlane;
    const token = await client.tokenFor('ada');
    const before = await requests('4xx');
    const { hostname, port } = new URL(client.base);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(
      `POST /points/charge HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n${body}`,
    );
    // The server processes the request before its client disconnects.
    await client.request('GET', '/health/live');
    socket.resetAndDestroy();
    await waitFor('the request is counted', async () => (await requests('4xx')) > before);
    expect(await requests('5xx')).toBe(0);
    expect(logged).toBe('');
  },
);
