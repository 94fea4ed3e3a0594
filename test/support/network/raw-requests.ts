/** Malformed requests, byte by byte. */
import { connect } from 'node:net';
import { expect } from 'vitest';
import type { TestClient } from '../http/client.ts';

export interface RawRequest {
  bytes: string;
  /** What the server must send until the connection ends. */
  answer: RegExp;
  /** The client disconnects after it has sent these bytes. */
  isCutOff?: boolean;
}

const CLOSE = 'Connection: close\r\n';
const JSON_BODY = 'Content-Type: application/json\r\n';

const get = (target: string, headers = CLOSE, version = 'HTTP/1.1') =>
  `GET ${target} ${version}\r\nHost: a\r\n${headers}\r\n`;
const method = (name: string, target: string, headers = `${CLOSE}Content-Length: 0\r\n`) =>
  `${name} ${target} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;
const token = (body: string, headers: string) =>
  `POST /auth/token HTTP/1.1\r\nHost: a\r\n${CLOSE}${JSON_BODY}${headers}\r\n${body}`;

const ADA = '{"subject":"ada"}';
const KILOBYTE = 'x'.repeat(1024);
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

const status = (code: number) => new RegExp(`^HTTP/1\\.1 ${code} `);
/** Refused by the API itself, as a problem. */
const problem = (code: number, named: string) =>
  new RegExp(
    `^HTTP/1\\.1 ${code} (?=[\\s\\S]*application/problem\\+json)[\\s\\S]*"code":"${named}"`,
  );
const refused = /^HTTP\/1\.1 4\d\d /;

const REQUESTS: Record<string, RawRequest> = {
  'a header of 20 kB': {
    bytes: get('/points', `X: ${KILOBYTE.repeat(20)}\r\n`),
    answer: problem(431, 'HEADERS_TOO_LARGE'),
  },
  'a path of 20 kB': {
    bytes: get(`/${KILOBYTE.repeat(20)}`),
    answer: problem(431, 'HEADERS_TOO_LARGE'),
  },
  'a path of 12 kB': {
    bytes: get(`/concerts/${KILOBYTE.repeat(12)}`),
    answer: problem(400, 'VALIDATION_FAILED'),
  },
  'two thousand headers': {
    bytes: get('/health/live', `${'a: b\r\n'.repeat(2000)}${CLOSE}`),
    answer: /^HTTP\/1\.1 (200|431) /,
  },
  'no host': {
    bytes: 'GET /points HTTP/1.1\r\nConnection: close\r\n\r\n',
    answer: problem(400, 'MALFORMED_REQUEST'),
  },
  'an odd host': {
    bytes: 'GET /points HTTP/1.1\r\nHost: a b/c?d#e\r\nConnection: close\r\n\r\n',
    answer: problem(400, 'MALFORMED_REQUEST'),
  },
  'no HTTP at all': {
    bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    answer: problem(400, 'MALFORMED_REQUEST'),
  },
  'HTTP/1.0': { bytes: get('/health/live', '', 'HTTP/1.0'), answer: status(200) },
  'HTTP/1.0 with a command': {
    bytes: `POST /auth/token HTTP/1.0\r\n${JSON_BODY}Content-Length: 17\r\n\r\n${ADA}`,
    answer: /^HTTP\/1\.1 [24]\d\d /,
  },
  'HTTP/3.7': { bytes: get('/health/live', CLOSE, 'HTTP/3.7'), answer: status(400) },

  'two lengths': {
    bytes: token(ADA, 'Content-Length: 1\r\nContent-Length: 17\r\n'),
    answer: status(400),
  },
  'a length and chunks': {
    bytes: token('0\r\n\r\n', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'),
    answer: status(400),
  },
  'a negative length': { bytes: token(ADA, 'Content-Length: -1\r\n'), answer: status(400) },
  'a length of 17 bytes and 5 of them': {
    bytes: token('{"sub', 'Content-Length: 17\r\n'),
    isCutOff: true,
    answer: /^$/,
  },
  'a length of 600 kB and none of them': {
    bytes: token('', 'Content-Length: 614400\r\n'),
    answer: problem(413, 'BODY_TOO_LARGE'),
  },
  'chunks of 600 kB': {
    bytes: token(`${chunk(KILOBYTE).repeat(600)}0\r\n\r\n`, 'Transfer-Encoding: chunked\r\n'),
    answer: problem(413, 'BODY_TOO_LARGE'),
  },
  'chunks that make a body': {
    bytes: token(
      `${chunk(ADA.slice(0, 5))}${chunk(ADA.slice(5))}0\r\n\r\n`,
      'Transfer-Encoding: chunked\r\n',
    ),
    answer: status(200),
  },
  'chunks that are none': {
    bytes: token('ZZ\r\nabc\r\n', 'Transfer-Encoding: chunked\r\n'),
    answer: refused,
  },
  'chunks without an end': {
    bytes: token(chunk(ADA), 'Transfer-Encoding: chunked\r\n'),
    isCutOff: true,
    answer: /^$/,
  },
  'another encoding than chunks': {
    bytes: token(ADA, 'Transfer-Encoding: gzip\r\n'),
    answer: refused,
  },
  'an expectation': {
    bytes: token(ADA, 'Content-Length: 17\r\nExpect: 100-continue\r\n'),
    answer: /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /,
  },

  'broken escapes in a path': {
    bytes: get('/concerts/%ZZ'),
    answer: problem(400, 'VALIDATION_FAILED'),
  },
  'half a pair in a path': {
    bytes: get('/concerts/%ED%A0%80'),
    answer: problem(400, 'VALIDATION_FAILED'),
  },
  'bytes over 127 in a path': { bytes: get('/concerts/\xff\xfe'), answer: status(400) },
  'NUL in a path': { bytes: get('/jobs/%00'), answer: problem(401, 'TOKEN_NOT_PROVIDED') },
  'a bare NUL in a path': { bytes: get('/jobs/\0'), answer: status(400) },
  'a NUL in a header': { bytes: get('/points', `X: a\0b\r\n${CLOSE}`), answer: status(400) },
  'dots in a path': { bytes: get('/docs/files/../../package.json'), answer: refused },
  'escaped dots in a path': {
    bytes: get('/docs/files/..%2f..%2fpackage.json'),
    answer: problem(404, 'NOT_FOUND'),
  },
  'an absolute target': { bytes: get('http://evil/points'), answer: refused },
  'a target of nothing but a host': {
    bytes: method('CONNECT', 'evil:80', CLOSE),
    answer: /^(HTTP\/1\.1 4\d\d |$)/,
  },

  'two access tokens': {
    bytes: get('/points', `Authorization: Bearer a\r\nAuthorization: Bearer b\r\n${CLOSE}`),
    answer: problem(401, 'TOKEN_NOT_PROVIDED'),
  },
  'two idempotency keys': {
    bytes: method(
      'POST',
      '/points/charge',
      `Idempotency-Key: a\r\nIdempotency-Key: b\r\n${CLOSE}Content-Length: 0\r\n`,
    ),
    answer: problem(401, 'TOKEN_NOT_PROVIDED'),
  },
  'a header named __proto__': {
    bytes: get('/health/live', `__proto__: x\r\nconstructor: y\r\n${CLOSE}`),
    answer: status(200),
  },

  'three requests at once': {
    bytes: get('/health/live', '') + get('/concerts/%ZZ', '') + get('/health/live'),
    answer: /^HTTP\/1\.1 200 [\s\S]*HTTP\/1\.1 400 [\s\S]*HTTP\/1\.1 200 /,
  },
  'a request behind one whose body was too large': {
    bytes: `${method('POST', '/auth/token', `${JSON_BODY}Content-Length: 614400\r\n`)}${KILOBYTE.repeat(600)}${get('/health/live')}`,
    answer: problem(413, 'BODY_TOO_LARGE'),
  },

  'a HEAD of what is there': { bytes: method('HEAD', '/health/live'), answer: status(200) },
  'a HEAD without a token': { bytes: method('HEAD', '/points'), answer: status(401) },
  ...Object.fromEntries(
    ['PUT', 'PATCH', 'TRACE', 'PROPFIND', 'DELETE'].map((name) => [
      `${name} where there is none`,
      { bytes: method(name, '/points'), answer: problem(405, 'METHOD_NOT_ALLOWED') },
    ]),
  ),
  'OPTIONS of a path': { bytes: method('OPTIONS', '/points'), answer: status(204) },
  'OPTIONS of everything': { bytes: method('OPTIONS', '*'), answer: refused },
  'no method at all': { bytes: method('BREW', '/points'), answer: status(400) },
};

/** For `test.each`. */
export const RAW_REQUESTS = Object.entries(REQUESTS);

/** How long a connection may be silent before it counts as ended, in ms. */
const SILENCE_MS = 5000;

/** Sends bytes unchanged. @returns what the server sent until the connection ended */
export function sendRaw(base: string, { bytes, isCutOff = false }: RawRequest): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    let received = '';
    socket.setEncoding('latin1').setTimeout(SILENCE_MS, () => socket.destroy());
    socket.on('data', (part) => {
      received += part;
    });
    // A server may respond and close the connection while the client still sends.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
    socket.write(bytes, 'latin1', () => {
      if (isCutOff) socket.destroy();
    });
  });
}

/** Checks that the process still responds. */
export async function expectAlive(client: TestClient): Promise<void> {
  expect((await client.request('GET', '/health/live')).status).toBe(200);
}
