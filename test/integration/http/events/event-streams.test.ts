/** Event streams over HTTP: their limits, their end, and what a failing stream sends. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sampleOf, samplesOf } from '../../../support/deploy/metric-samples.ts';
import type { AdmittedUser } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

const PER_USER = 3;

let seatlane: TestSeatlane;
let ada: AdmittedUser;
let jobId: string;
let streams: string[];

beforeAll(async () => {
  seatlane = await startSeatlane({ settings: { STREAMS_PER_USER: String(PER_USER) }, workers: 0 });
  const worker = await seatlane.addWorker();
  const { client } = seatlane;
  const schedule = await client.schedule();
  ada = await client.admitted('ada');
  // Without workers the command stays pending.
  await worker.stop();
  const { body } = await client.request('POST', '/points/charge', { ...ada, body: { amount: 5 } });
  jobId = body.id;
  streams = [`/concerts/schedules/${schedule.id}/events`, `/jobs/${jobId}/events`];
});

afterAll(async () => {
  vi.restoreAllMocks();
  await seatlane.stop();
});

const openStream = (path: string, signal?: AbortSignal) =>
  fetch(seatlane.client.base + path, {
    headers: { Authorization: `Bearer ${ada.token}`, 'Queue-Token': ada.queueToken },
    ...(signal && { signal }),
  });

async function figure(name: string): Promise<number | undefined> {
  const { body } = await seatlane.client.request('GET', '/metrics');
  return sampleOf(samplesOf(body), name);
}

const untilClosed = () =>
  waitFor('all streams are closed', async () => (await figure('seatlane_event_streams')) === 0);

test('a HEAD request gets only the headers and opens no stream', async () => {
  for (const path of streams) {
    for (let sent = 0; sent < 100; sent += 1) {
      const { status, headers, body } = await seatlane.client.request('HEAD', path, ada);
      expect([status, body]).toEqual([200, '']);
      expect(headers.get('content-type')).toBe('text/event-stream');
    }
  }
  expect(await figure('seatlane_event_streams')).toBe(0);
  expect((await seatlane.client.request('HEAD', `${streams[0]}x`, ada)).status).toBe(404);
});

test('a HEAD request to every other kind of route gets the response of a GET request without its body', async () => {
  const { client } = seatlane;
  for (const path of ['/concerts', '/points', `/jobs/${jobId}`, '/openapi.json', '/']) {
    const { status } = await client.request('GET', path, ada);
    expect(await client.request('HEAD', path, ada)).toMatchObject({ status, body: '' });
  }
});

test('a user’s streams above the limit are refused, and streams of other users are not', async () => {
  const ending = new AbortController();
  for (let opened = 0; opened < PER_USER; opened += 1) {
    const { status } = await openStream(streams[opened % 2] as string, ending.signal);
    expect(status).toBe(200);
  }
  expect(await figure('seatlane_event_streams')).toBe(PER_USER);
  for (const path of streams) {
    const refused = await seatlane.client.request('GET', path, ada);
    expectProblem(refused, 503, 'TOO_MANY_STREAMS');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  }
  ending.abort();
  await untilClosed();
  const again = new AbortController();
  expect((await openStream(streams[0] as string, again.signal)).status).toBe(200);
  again.abort();
  await untilClosed();
});

test('a stream of an unknown schedule or job does not count towards the limit', async () => {
  for (const path of ['/concerts/schedules/999999/events', '/jobs/user-0_x/events']) {
    expect((await seatlane.client.request('GET', path, ada)).status).toBe(404);
  }
  expect(await figure('seatlane_event_streams')).toBe(0);
});

test('a client of HTTP/1.0 receives events without chunked encoding', async () => {
  const { port } = new URL(seatlane.client.base);
  const socket = connect(Number(port), '127.0.0.1');
  let received = '';
  socket.setEncoding('utf8').on('data', (part) => {
    received += part;
  });
  const tokens = `Authorization: Bearer ${ada.token}\r\nQueue-Token: ${ada.queueToken}`;
  socket.write(`GET ${streams[0]} HTTP/1.0\r\nHost: test\r\n${tokens}\r\n\r\n`);
  await waitFor('the events', () => /event: areas\ndata: .+\n\n/.test(received));
  const [head = '', body = ''] = received.split('\r\n\r\n');
  expect(head).not.toMatch(/transfer-encoding/i);
  expect(body.replaceAll(': heartbeat\n\n', '')).toMatch(
    /^event: reset\nid: .+\ndata: \{.+\}\n\nevent: areas\ndata: \{.+\}\n\n$/,
  );
  socket.destroy();
  await untilClosed();
});

test('a stream whose job can no longer be read ends without details of the database', async () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
  const stream = await openStream(`/jobs/${jobId}/events`);
  await seatlane.rows('alter table command_receipt rename to gone');
  await seatlane.forgetInRedis(`{${jobId.split('_')[0]}}:*`);
  const said = await stream.text();
  // The audit after the tests needs it in every database.
  await seatlane.rows('alter table gone rename to command_receipt');
  expect(said).toContain('"state":"queued"');
  expect(said).not.toMatch(/command_receipt|error/i);
  expect(printed).not.toHaveBeenCalled();
});
