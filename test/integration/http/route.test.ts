/** Valid and invalid paths and queries. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { effects } from '../../support/effects.ts';
import type { AdmittedUser } from '../../support/http/client.ts';
import { pathOf, readOperations } from '../../support/http/operations.ts';
import { expectProblem } from '../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let ada: AdmittedUser;
let before: Record<string, string[]>;
beforeAll(async () => {
  seatlane = await startSeatlane();
  ada = await seatlane.client.admitted('ada');
});
afterAll(() => seatlane.stop());
beforeEach(async () => {
  before = await effects(seatlane.rows);
});
afterEach(async () => {
  expect(await effects(seatlane.rows)).toEqual(before);
});

const ask = (method: string, path: string) => seatlane.client.command(method, path, ada);

const WRONG_IDS = [
  '0',
  '-1',
  '+1',
  '1e3',
  '0x1',
  '01',
  '1.5',
  '1.0',
  '%201',
  '1%20',
  'abc',
  'NaN',
  'null',
  '99999999999999999999',
  '9007199254740992',
  '%00',
  '١',
];

test.each(WRONG_IDS)('%s is not a valid id in any path', async (id) => {
  const routes = [
    ['GET', `/concerts/${id}`],
    ['GET', `/concerts/${id}/schedules/bookable`],
    ['GET', `/concerts/schedules/${id}/seats`],
    ['POST', `/concerts/seats/${id}/book`],
    ['POST', `/concerts/bookings/${id}/pay`],
  ] as const;
  for (const [method, path] of routes) {
    expectProblem(await ask(method, path), 400, 'VALIDATION_FAILED');
  }
});

test.each(['999999', '2147483648', '9007199254740991'])(
  'the unknown id %s is not found on any path',
  async (id) => {
    const routes = [
      ['GET', `/concerts/${id}`, 'CONCERT_NOT_FOUND'],
      ['GET', `/concerts/${id}/schedules/bookable`, 'CONCERT_NOT_FOUND'],
      ['GET', `/concerts/schedules/${id}/seats`, 'SCHEDULE_NOT_FOUND'],
      ['POST', `/concerts/seats/${id}/book`, 'SEAT_NOT_FOUND'],
      ['POST', `/concerts/bookings/${id}/pay`, 'BOOKING_NOT_FOUND'],
    ] as const;
    for (const [method, path, code] of routes) expectProblem(await ask(method, path), 404, code);
  },
);

test.each([
  ['GET', '/nothing'],
  ['GET', '/concerts/'],
  ['OPTIONS', '/nothing'],
  ['DELETE', '/concerts/1/2/3/4'],
  ['GET', '/..%2f..%2fetc%2fpasswd'],
  ['GET', '/docs/files/..%2f..%2fpackage.json'],
  ['GET', '/docs/files/package.json'],
])('%s %s is not found', async (method, path) => {
  expectProblem(await ask(method, path), 404, 'NOT_FOUND');
});

test.each([
  ['POST', '/', 'GET, HEAD, OPTIONS'],
  ['PUT', '/concerts', 'GET, HEAD, POST, OPTIONS'],
  ['PATCH', '/points', 'GET, HEAD, OPTIONS'],
  ['POST', '/points', 'GET, HEAD, OPTIONS'],
  ['DELETE', '/concerts/1', 'GET, HEAD, PUT, OPTIONS'],
  ['GET', '/points/charge', 'POST, OPTIONS'],
  ['DELETE', '/concerts/bookings', 'GET, HEAD, POST, PUT, OPTIONS'],
  ['DELETE', '/concerts/seats/1/book', 'POST, OPTIONS'],
  ['POST', '/openapi.json', 'GET, HEAD, OPTIONS'],
])(
  '%s %s is refused, and the response names the allowed methods',
  async (method, path, allowed) => {
    const answer = await ask(method, path);
    expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.get('allow')).toBe(allowed);
    const options = await seatlane.client.request('OPTIONS', path);
    expect([options.status, options.body, options.headers.get('allow')]).toEqual([
      204,
      '',
      allowed,
    ]);
  },
);

test('every route refuses unknown query parameters and names them', async () => {
  const { operations } = await readOperations(seatlane.client);
  const token = await seatlane.client.tokenFor('operator', 'admin');
  const { queueToken } = ada;
  for (const operation of operations.filter(({ needsLogin }) => !needsLogin)) {
    const path = pathOf(operation);
    const query = `${path.includes('?') ? '&' : '?'}surprise=1`;
    const user = operation.isAdmin ? { token } : { token: ada.token, queueToken };
    const answer = await seatlane.client.request(operation.method, `${path}${query}`, user);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body.errors, operation.name).toContainEqual(
      expect.objectContaining({ path: 'surprise' }),
    );
  }
});

test.each(['/concerts/%', '/concerts/%E0%A4%A', '/jobs/%E0%A4%A', '/jobs/%00'])(
  '%s is refused and does not cause a server error',
  async (path) => {
    const { status, body } = await ask('GET', path);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body.code).toMatch(/./);
  },
);

test.each([
  '/concerts?limit=0',
  '/concerts?limit=101',
  '/concerts?limit=-1',
  '/concerts?limit=1.5',
  '/concerts?limit=1e1',
  '/concerts?limit=ten',
  '/concerts?limit=',
  '/concerts?limit=99999999999999999999',
  '/concerts/bookings?limit=0',
  '/points/history?limit=0',
  '/points/history?kind=gift',
  '/points/history?from=yesterday',
  '/points/history?to=2026-13-01T00:00:00Z',
  '/points/history?from=2026-02-30T00:00:00Z',
  '/concerts/schedules/1/seats?state=broken',
  '/jobs',
  '/jobs?idempotencyKey=',
  `/jobs?idempotencyKey=${'k'.repeat(256)}`,
  '/jobs?idempotencyKey=%00',
])('%s is invalid', async (path) => {
  const answer = await ask('GET', path);
  expectProblem(answer, 400, 'VALIDATION_FAILED');
  expect(answer.body.errors).not.toEqual([]);
});

const cursorOf = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url');

test.each([
  '',
  'nonsense',
  '%00',
  'W10',
  'x'.repeat(201),
  ...[[0], [-1], [1.5], ['1'], [1, 1, 1], {}, null, [null], [1e300]].map(cursorOf),
])('%j is not a valid cursor of any list', async (cursor) => {
  const { id } = (await seatlane.client.request('GET', '/concerts')).body.items[0] ?? { id: 1 };
  expect(id).toBeGreaterThan(0);
  for (const path of ['/concerts', '/concerts/bookings', '/points/history']) {
    expectProblem(await ask('GET', `${path}?cursor=${cursor}`), 400, 'VALIDATION_FAILED');
  }
});

test.each(['0000-01-01T00:00:00Z', '0001-01-01T00:00:00%2B23:59', '9999-12-31T23:59:59-23:59'])(
  'a history from %s is either returned or refused as invalid',
  async (time) => {
    expect((await ask('GET', `/points/history?from=${time}`)).status).toBeLessThan(500);
  },
);

test('every response has `nosniff`, and none has `X-Powered-By`', async () => {
  for (const path of ['/concerts', '/points', '/nothing']) {
    const { headers } = await ask('GET', path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
  }
});
