/**
 * Requests at random to every operation: never a 500, never a row changed by a request that was refused. A
 * failure prints its seed; FUZZ_RUNS=1000 looks longer.
 */

import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isProblemCode } from '../../../src/http/problems.ts';
import type { AdmittedUser } from '../../support/client.ts';
import { type Operation, readOperations, type Schema } from '../../support/operations.ts';
import { type RandomRequest, requestsFor } from '../../support/requests-at-random.ts';
import { startSeatlane, type TestSeatlane } from '../../support/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';

const RUNS = Number(process.env.FUZZ_RUNS ?? 60);
const TIMEOUT_MS = 60_000 + RUNS * 2000;

let seatlane: TestSeatlane;
let operations: Operation[];
let schemas: Record<string, Schema>;
let user: AdmittedUser;
let operator: string;

beforeAll(async () => {
  seatlane = await startSeatlane({ settings: { RATE_LIMIT: '0' } });
  ({ operations, schemas } = await readOperations(seatlane.client));
  user = await seatlane.client.admitted('ada');
  operator = await seatlane.client.tokenFor('operator', 'admin');
  await seatlane.client.schedule();
});

afterAll(() => seatlane.stop());

async function send({ method, isAdmin }: Operation, { path, headers, text }: RandomRequest) {
  const response = await fetch(seatlane.client.base + path, {
    method,
    headers: {
      Authorization: `Bearer ${isAdmin ? operator : user.token}`,
      'Queue-Token': user.queueToken,
      ...(text !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(text !== undefined && { body: text }),
  });
  // A stream of events goes on for as long as one listens.
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  if (isStream) await response.body?.cancel();
  return {
    status: response.status,
    headers: response.headers,
    text: isStream ? '' : await response.text(),
  };
}

/** @returns whether the request was accepted as a command */
async function expectSense(operation: Operation, request: RandomRequest): Promise<boolean> {
  const { status, headers, text } = await send(operation, request);
  const about = `${operation.method} ${request.path} ${request.text}: ${status} ${text}`;
  expect(status, about).toBeLessThan(500);
  if (status < 400) return status === 202;
  expect(headers.get('content-type'), about).toBe('application/problem+json');
  const problem = JSON.parse(text);
  expect(problem.status, about).toBe(status);
  expect(isProblemCode(problem.code), about).toBe(true);
  expect(text, about).not.toMatch(/\.ts:|node_modules|at \w+ \(|select |insert /);
  return false;
}

const COUNTS = [
  'command_receipt',
  'webhook',
  'concert',
  'schedule',
  'booking',
  'point_history',
].map((table) => `(select count(*) from ${table})::int as ${table}`);

async function jobsWaiting(): Promise<number> {
  const { body } = await seatlane.client.request('GET', '/metrics');
  const lengths = [...body.matchAll(/^seatlane_lane_waiting\{lane="[^"]+"\} (\d+)$/gm)];
  return lengths.reduce((sum, [, length]) => sum + Number(length), 0);
}

test('no request makes a 500, every answer is one of ours', { timeout: TIMEOUT_MS }, async () => {
  let accepted = 0;
  for (const operation of operations) {
    await fc.assert(
      fc.asyncProperty(requestsFor(operation, schemas), async (request) => {
        accepted += Number(await expectSense(operation, request));
      }),
      { numRuns: RUNS },
    );
  }
  expect(accepted).toBeGreaterThan(RUNS);
  await waitFor('all lanes are empty', async () => (await jobsWaiting()) === 0, 30_000);
  const failed = await seatlane.rows(
    `select command, result, problem from command_receipt where state = 'failed'`,
  );
  expect(failed).toEqual([]);
});

test('what is refused changes nothing', { timeout: TIMEOUT_MS }, async () => {
  const commands = operations.filter(({ isCommand }) => isCommand);
  const count = () => seatlane.rows<Record<string, number>>(`select ${COUNTS.join()}`);
  for (const operation of commands) {
    await fc.assert(
      fc.asyncProperty(requestsFor(operation, schemas), async (request) => {
        const before = await count();
        if (await expectSense(operation, request)) {
          await waitFor('its outcome', async () => (await jobsWaiting()) === 0);
        } else {
          expect(await count()).toEqual(before);
        }
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  }
});

/** Sends bytes as they are. @returns what came back until the end, or until the answer was there */
function sendRaw(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(seatlane.client.base).port), '127.0.0.1');
    let received = '';
    socket.setEncoding('latin1').setTimeout(500, () => socket.destroy());
    socket.on('data', (part) => {
      received += part;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
    socket.write(bytes, 'latin1');
  });
}

test.each([
  [
    'a header of 20 kB',
    `GET /points HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    '431',
  ],
  ['a path of 20 kB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, '431'],
  ['no host', 'GET /points HTTP/1.1\r\n\r\n', '400'],
  [
    'two lengths',
    'POST /points/charge HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
    '400',
  ],
  [
    'a length and chunks',
    'POST /points/charge HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    '400',
  ],
  ['broken escapes', 'GET /concerts/%ZZ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', '400'],
  [
    'half a pair in a path',
    'GET /concerts/%ED%A0%80 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    '400',
  ],
  [
    'bytes over 127 in a path',
    'GET /concerts/\xff\xfe HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    '400',
  ],
  ['no method of ours', 'BREW /points HTTP/1.1\r\nHost: a\r\n\r\n', '400'],
  ['TRACE', 'TRACE /points HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', '4'],
  [
    'PUT',
    'PUT /points HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    '404',
  ],
  ['OPTIONS', 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', '4'],
  [
    'an absolute path',
    'GET http://evil/points HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    '4',
  ],
  ['an odd host', 'GET /points HTTP/1.1\r\nHost: a b/c?d#e\r\nConnection: close\r\n\r\n', '4'],
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', '400'],
])('%s is refused, and the next request answered', async (_what, bytes, status) => {
  expect(await sendRaw(bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
  expect((await seatlane.client.request('GET', '/health/live')).status).toBe(200);
});
