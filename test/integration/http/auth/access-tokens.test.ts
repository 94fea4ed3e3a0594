/** Which access tokens are accepted. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { effects } from '../../../support/effects.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { nowInSeconds, signToken, tamper } from '../../../support/http/tokens.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let before: Record<string, string[]>;
beforeAll(async () => {
  seatlane = await startSeatlane();
});
afterAll(() => seatlane.stop());
beforeEach(async () => {
  before = await effects(seatlane.rows);
});
afterEach(async () => {
  expect(await effects(seatlane.rows)).toEqual(before);
});

/** A command that succeeds with a valid token. */
const charge = (headers: Record<string, string>) =>
  seatlane.client.command('POST', '/points/charge', { body: { amount: 5 }, headers });

const withToken = (token: string) => charge({ Authorization: `Bearer ${token}` });

test.each([
  [{}],
  [{ Authorization: '' }],
  [{ Authorization: 'Bearer' }],
  [{ Authorization: 'Basic YWRtaW46YWRtaW4=' }],
  [{ Authorization: 'Bearer two words' }],
])('the headers %j contain no access token and are refused', async (headers) => {
  const answer = await charge(headers);
  expectProblem(answer, 401, 'TOKEN_NOT_PROVIDED');
  expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
});

test.each([['nonsense'], ['a.b.c'], ['a.b'], ['...'], ['e30.e30.e30']])(
  '%s is not a valid access token',
  async (token) => expectProblem(await withToken(token), 401, 'INVALID_TOKEN'),
);

test.each<[string, Record<string, unknown>]>([
  ['has another audience', { aud: 'somebody else' }],
  ['has no audience', { aud: undefined }],
  ['has another issuer', { iss: 'somebody else' }],
  ['has no issuer', { iss: undefined }],
  ['has no subject', { sub: undefined }],
  ['has an empty subject', { sub: '' }],
  ['has a subject of 256 characters', { sub: 'a'.repeat(256) }],
  ['has a subject with NUL', { sub: 'a\0da' }],
  ['has half a surrogate pair in its subject', { sub: 'a\ud800da' }],
  ['never expires', { exp: undefined }],
  ['is not valid yet', { nbf: nowInSeconds() + 600 }],
])('a token that %s is invalid', async (_, claims) => {
  expectProblem(await withToken(await signToken({ claims })), 401, 'INVALID_TOKEN');
});

test('an expired token is refused with TOKEN_EXPIRED', async () => {
  const expired = await signToken({ claims: { exp: nowInSeconds() - 60 } });
  expectProblem(await withToken(expired), 401, 'TOKEN_EXPIRED');
});

test('a token that is signed with another secret is invalid', async () => {
  const secret = 'another secret, 32 bytes long too';
  expectProblem(await withToken(await signToken({ secret })), 401, 'INVALID_TOKEN');
});

test.each([
  ['none', ''],
  ['None', ''],
  ['none', undefined],
  ['HS384', undefined],
  ['RS256', undefined],
])('a token with alg %s is invalid', async (alg, signature) => {
  const changes = { header: { alg }, ...(signature !== undefined && { signature }) };
  const token = tamper(await signToken(), changes);
  expectProblem(await withToken(token), 401, 'INVALID_TOKEN');
});

test.each([{ sub: 'bea' }, { role: 'admin' }, { exp: nowInSeconds() + 999_999 }])(
  'a token that was changed to %j is invalid',
  async (payload) => {
    const token = tamper(await signToken(), { payload });
    expectProblem(await withToken(token), 401, 'INVALID_TOKEN');
  },
);

test('a token with an unknown critical header is invalid', async () => {
  const token = tamper(await signToken(), { header: { crit: ['magic'], magic: true } });
  expectProblem(await withToken(token), 401, 'INVALID_TOKEN');
});

test.each([[5], [['ada']], [{ name: 'ada' }], [true]])(
  'a token whose subject is %j instead of a text is invalid',
  async (sub) => {
    expectProblem(await withToken(await signToken({ claims: { sub } })), 401, 'INVALID_TOKEN');
  },
);

test('each request with an expired token gets the same response', async () => {
  const token = await signToken({ claims: { exp: nowInSeconds() - 2 } });
  const ask = () => seatlane.client.request('GET', '/points', { token });
  expect((await ask()).status).toBe((await ask()).status);
});

test('a queue token is not accepted as an access token', async () => {
  const { queueToken } = await seatlane.client.admitted('a queue token’s owner');
  before = await effects(seatlane.rows);
  expectProblem(await withToken(queueToken), 401, 'INVALID_TOKEN');
});

test('every route that is not public requires a token', async () => {
  const routes = [
    ['POST', '/users/queue'],
    ['GET', '/users/queue'],
    ['DELETE', '/users/queue'],
    ['POST', '/concerts'],
    ['POST', '/concerts/1/schedules'],
    ['GET', '/concerts/1/schedules/bookable'],
    ['GET', '/concerts/schedules/1/seats'],
    ['POST', '/concerts/seats/1/book'],
    ['GET', '/concerts/bookings'],
    ['POST', '/concerts/bookings/1/pay'],
    ['GET', '/points'],
    ['POST', '/points/charge'],
    ['POST', '/points/use'],
    ['GET', '/points/history'],
    ['GET', '/jobs?idempotencyKey=one'],
    ['GET', '/jobs/1'],
    ['GET', '/jobs/1/events'],
  ] as const;
  for (const [method, path] of routes) {
    expectProblem(await seatlane.client.request(method, path), 401, 'TOKEN_NOT_PROVIDED');
  }
});

test('users cannot call the routes of operators, whatever role their token claims', async () => {
  const tokens = [
    await signToken(),
    await signToken({ claims: { role: 'user' } }),
    await signToken({ claims: { role: ['admin'] } }),
    await signToken({ claims: { role: 'Admin' } }),
    await signToken({ claims: { sub: 'admin', admin: true } }),
  ];
  for (const token of tokens) {
    for (const path of ['/concerts', '/concerts/1/schedules', '/concerts/not-an-id/schedules']) {
      const answer = await seatlane.client.request('POST', path, { token, text: 'not JSON' });
      expectProblem(answer, 403, 'FORBIDDEN');
    }
  }
});

test('the scheme is case-insensitive, and a subject can have 255 characters', async () => {
  const token = await signToken({ claims: { sub: 'ü'.repeat(255) } });
  const headers = { Authorization: `bEARER  ${token}` };
  const answer = await seatlane.client.request('GET', '/points', { headers });
  expect(answer.body).toEqual({ balance: 0 });
});
