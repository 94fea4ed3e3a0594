/** Which queue tokens the booking routes accept. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { effects } from '../../../support/effects.ts';
import type { AdmittedUser, Answer } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { tamper } from '../../../support/http/tokens.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let ada: AdmittedUser;
let routes: (readonly [method: string, path: string])[];
let before: Record<string, string[]>;
beforeAll(async () => {
  seatlane = await startSeatlane();
  const { id, concertId, seats } = await seatlane.client.schedule();
  ada = await seatlane.client.admitted('ada');
  const body = ada;
  const held = await seatlane.client.command('POST', `/concerts/seats/${seats[0]?.id}/book`, body);
  routes = [
    ['GET', `/concerts/${concertId}/schedules/bookable`],
    ['GET', `/concerts/schedules/${id}/seats`],
    ['POST', `/concerts/seats/${seats[1]?.id}/book`],
    ['POST', `/concerts/bookings/${held.body.result.id}/pay`],
  ];
});
afterAll(() => seatlane.stop());
beforeEach(async () => {
  before = await effects(seatlane.rows);
});
afterEach(async () => {
  expect(await effects(seatlane.rows)).toEqual(before);
});

async function eachRoute(
  sent: { token: string; queueToken?: string | undefined },
  check: (answer: Answer) => void,
): Promise<void> {
  for (const [method, path] of routes) check(await seatlane.client.command(method, path, sent));
}

const expectInvalid = (sent: { token: string; queueToken: string }) =>
  eachRoute(sent, (answer) => expectProblem(answer, 403, 'QUEUE_TOKEN_INVALID'));

test('a request without a queue token is refused with QUEUE_TOKEN_REQUIRED', async () => {
  const required = (answer: Answer) => expectProblem(answer, 403, 'QUEUE_TOKEN_REQUIRED');
  await eachRoute({ token: ada.token }, required);
  await eachRoute({ token: ada.token, queueToken: '' }, required);
});

test.each([['nonsense'], ['a.b.c'], ['e30.e30.']])(
  '%s is not accepted as a queue token',
  (queueToken) => expectInvalid({ token: ada.token, queueToken }),
);

test('an access token is not accepted as a queue token', () =>
  expectInvalid({ token: ada.token, queueToken: ada.token }));

test('the queue token of another user is refused', async () => {
  const bea = await seatlane.client.admitted('bea');
  before = await effects(seatlane.rows);
  await expectInvalid({ token: bea.token, queueToken: ada.queueToken });
});

test('a modified queue token is refused', async () => {
  const exp = 9_999_999_999;
  const changed = [
    tamper(ada.queueToken, { payload: { exp } }),
    tamper(ada.queueToken, { header: { alg: 'none' }, signature: '' }),
    tamper(ada.queueToken, { header: { alg: 'HS256' } }),
  ];
  for (const queueToken of changed) await expectInvalid({ token: ada.token, queueToken });
});

test('a queue token is refused after its user has left the queue', async () => {
  const cleo = await seatlane.client.admitted('cleo');
  await seatlane.client.request(routes[0]?.[0] ?? '', routes[0]?.[1] ?? '', cleo);
  await seatlane.client.command('DELETE', '/users/queue', { token: cleo.token });
  before = await effects(seatlane.rows);
  await expectInvalid(cleo);
});

test('a queue token is refused after its session has expired', async () => {
  const dora = await seatlane.client.admitted('dora');
  await seatlane.rows(`update queue_entry set expires_at = now() - interval '1 s',
    ended_at = now(), state = 'ended', end_reason = 'expired'
    where user_id = (select id from app_user where subject = 'dora')`);
  before = await effects(seatlane.rows);
  await expectInvalid(dora);
});

test('a queue token is valid until a booking is paid with it, and not afterwards', async () => {
  const { client } = seatlane;
  const seatId = (await client.schedule()).seats[0]?.id;
  const eva = await client.admitted('eva');
  await client.command('POST', '/points/charge', { ...eva, body: { amount: 1000 } });
  const held = await client.command('POST', `/concerts/seats/${seatId}/book`, eva);
  const path = `/concerts/bookings/${held.body.result.id}/pay`;
  expect((await client.command('POST', path, eva)).status).toBe(200);
  before = await effects(seatlane.rows);
  await expectInvalid(eva);
});
