/** The development issuer: enabled, it returns a token for any subject; disabled, its route does not exist. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
beforeAll(async () => {
  seatlane = await startSeatlane();
});
afterAll(() => seatlane.stop());

const issue = (body: unknown) => seatlane.client.request('POST', '/auth/token', { body });

test('the issuer returns a token for any subject', async () => {
  const { status, body } = await issue({ subject: 'ada', name: 'Ada', role: 'user' });
  expect(status).toBe(200);
  expect(body).toMatchObject({ tokenType: 'Bearer', expiresIn: expect.any(Number) });
  const token = body.accessToken;
  expect((await seatlane.client.request('GET', '/points', { token })).status).toBe(200);
});

test('a subject can have 255 characters of any kind; a longer one is refused', async () => {
  const subject = '😀'.repeat(255);
  const { body } = await issue({ subject, name: subject });
  const request = { token: body.accessToken, body: { amount: 5 } };
  expect((await seatlane.client.command('POST', '/points/charge', request)).status).toBe(200);
  const rows = await seatlane.rows<{ subject: string; name: string }>(
    `select subject, name from app_user where length(subject) = 255`,
  );
  expect(rows).toEqual([{ subject, name: subject }]);
  expectProblem(await issue({ subject: `${subject}x` }), 400, 'VALIDATION_FAILED');
});

test('a token with the role `admin` can call the routes of operators', async () => {
  const { body } = await issue({ subject: 'operator', role: 'admin' });
  const request = { token: body.accessToken, body: { title: 'The Winter Gala' } };
  expect((await seatlane.client.command('POST', '/concerts', request)).status).toBe(200);
});

test('a token with the role `gate` can call no route of operators, and says its role', async () => {
  const { body } = await issue({ subject: 'the gate', role: 'gate' });
  const token = body.accessToken;
  const request = { token, body: { title: 'The Winter Gala' } };
  expectProblem(await seatlane.client.command('POST', '/concerts', request), 403, 'FORBIDDEN');
  const me = await seatlane.client.request('GET', '/users/me', { token });
  expect(me.body).toEqual({ subject: 'the gate', name: null, role: 'gate', isAdmin: false });
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['no subject', {}],
  ['an empty subject', { subject: '' }],
  ['a number as its subject', { subject: 5 }],
  ['a subject of 256 characters', { subject: 'a'.repeat(256) }],
  ['NUL in the subject', { subject: 'a\0' }],
  ['an unknown role', { subject: 'ada', role: 'king' }],
  ['an unknown field', { subject: 'ada', isAdmin: true }],
])('a request with %s is not valid', async (_, body) => {
  expectProblem(await issue(body), 400, 'VALIDATION_FAILED');
});

test('a user’s name is stored from the token of the first command', async () => {
  const { body } = await issue({ subject: 'bea', name: 'Bea Holm' });
  const request = { token: body.accessToken, body: { amount: 1 } };
  await seatlane.client.command('POST', '/points/charge', request);
  const found = await seatlane.rows(`select name from app_user where subject = 'bea'`);
  expect(found).toEqual([{ name: 'Bea Holm' }]);
});

test('while the issuer is disabled, its route does not exist and is not documented', async () => {
  const closed = await startSeatlane({ settings: { DEV_ISSUER: 'false' }, workers: 0 });
  try {
    const body = { subject: 'ada' };
    const answer = await closed.client.request('POST', '/auth/token', { body });
    expectProblem(answer, 404, 'NOT_FOUND');
    const document = await closed.client.request('GET', '/openapi.json');
    expect(Object.keys(document.body.paths)).not.toContain('/auth/token');
  } finally {
    await closed.stop();
  }
});
