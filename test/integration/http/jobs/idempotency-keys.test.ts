/** The same request of a user with the same idempotency key always leads to one job. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { effects } from '../../../support/effects.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let token: string;
beforeAll(async () => {
  seatlane = await startSeatlane();
  token = await seatlane.client.tokenFor('ada');
});
afterAll(() => seatlane.stop());

interface Sent {
  path?: string;
  amount?: number;
  prefer?: string;
  as?: string;
}

const send = (key: string, sent: Sent = {}) =>
  seatlane.client.request('POST', sent.path ?? '/points/charge', {
    token: sent.as ?? token,
    body: { amount: sent.amount ?? 5 },
    headers: { 'Idempotency-Key': key, Prefer: sent.prefer ?? 'wait=20' },
  });

const lookUp = (key: string, as = token) =>
  seatlane.client.request('GET', `/jobs?idempotencyKey=${encodeURIComponent(key)}`, { token: as });

test('repeated requests return the same job, also after it has succeeded, and charge once', async () => {
  const first = await send('once');
  const before = await effects(seatlane.rows);
  const again = await send('once');
  expect(again.status).toBe(200);
  expect(again.body).toEqual(first.body);
  const accepted = await send('once', { prefer: 'wait=0' });
  expect(accepted.status).toBe(202);
  expect(accepted.body).toEqual(first.body);
  expect(await effects(seatlane.rows)).toEqual(before);
});

test.each(['wait=0', 'wait=20'])(
  'concurrent identical requests with %s show one time of acceptance',
  async (prefer) => {
    const key = `times ${prefer}`;
    const answers = await Promise.all(Array.from({ length: 30 }, () => send(key, { prefer })));
    const { createdAt } = (await lookUp(key)).body;
    expect(new Set(answers.map(({ body }) => body.createdAt))).toEqual(new Set([createdAt]));
  },
);

test('concurrent identical requests create one job', async () => {
  const before = (await seatlane.client.request('GET', '/points', { token })).body.balance;
  const answers = await Promise.all(Array.from({ length: 20 }, () => send('rush', { amount: 7 })));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  const after = (await seatlane.client.request('GET', '/points', { token })).body.balance;
  expect(after).toBe(before + 7);
});

test('a retry of a refused request gets the same refusal, even if the request would now succeed', async () => {
  const poor = await seatlane.client.tokenFor('a poor user');
  const use = { path: '/points/use', amount: 3, as: poor };
  const refused = await send('refused', use);
  expectProblem(refused, 409, 'INSUFFICIENT_POINTS');
  await send('money', { amount: 10, as: poor });
  const again = await send('refused', use);
  expect(again.status).toBe(409);
  expect(again.body).toEqual(refused.body);
});

test('a retry of a failed request gets the same failure, even if the request would now succeed', async () => {
  await seatlane.rows(`alter table point_history add constraint broken check (amount <> 77)`);
  const failed = await send('failed', { amount: 77 });
  await seatlane.rows(`alter table point_history drop constraint broken`);
  expectProblem(failed, 500, 'COMMAND_FAILED');
  expect((await send('failed', { amount: 77 })).body).toEqual(failed.body);
});

test('a quoted key equals the same key without quotes, also with escapes', async () => {
  const bare = await send('a "key" \\ here');
  const quoted = await send('"a \\"key\\" \\\\ here"');
  expect(quoted.body.id).toBe(bare.body.id);
  expect((await lookUp('"a \\"key\\" \\\\ here"')).body.id).toBe(bare.body.id);
  expect((await send('  a "key" \\ here  ')).body.id).toBe(bare.body.id);
});

test('keys that differ in case or in inner spaces are different', async () => {
  const answers = await Promise.all(['key', 'Key', 'k ey'].map((key) => send(key)));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(3);
});

test.each<[string, Sent]>([
  ['another body', { amount: 6 }],
  ['another command with the same body', { path: '/points/use' }],
])('the key with %s is refused and changes nothing', async (what, sent) => {
  const key = `reused with ${what}`;
  const first = await send(key);
  const before = await effects(seatlane.rows);
  expectProblem(await send(key, sent), 422, 'IDEMPOTENCY_KEY_REUSED');
  expect(await effects(seatlane.rows)).toEqual(before);
  expect((await send(key)).body.id).toBe(first.body.id);
});

test('a key that was used with another seat is refused', async () => {
  const { client } = seatlane;
  const { seats } = await client.schedule();
  const buyer = await client.admitted('a buyer');
  const headers = { 'Idempotency-Key': 'a seat' };
  const book = (index: number) =>
    client.command('POST', `/concerts/seats/${seats[index]?.id}/book`, { ...buyer, headers });
  const first = await book(0);
  expect(first.status).toBe(200);
  for (const index of [1, 2, 3]) expectProblem(await book(index), 422, 'IDEMPOTENCY_KEY_REUSED');
  expect((await book(0)).body).toEqual(first.body);
});

test('the same key of another user creates another job', async () => {
  const bea = await seatlane.client.tokenFor('bea');
  const mine = await send('shared');
  const theirs = await send('shared', { amount: 6, as: bea });
  expect(theirs.status).toBe(200);
  expect(theirs.body.id).not.toBe(mine.body.id);
  expect((await lookUp('shared', bea)).body.id).toBe(theirs.body.id);
  expect((await lookUp('shared')).body.id).toBe(mine.body.id);
});

test('a job can be found by its key', async () => {
  const { body } = await send('to look up');
  expect(await lookUp('to look up')).toMatchObject({ status: 200, body });
  expectProblem(await lookUp('never used'), 404, 'JOB_NOT_FOUND');
  const bea = await seatlane.client.tokenFor('bea');
  expectProblem(await lookUp('to look up', bea), 404, 'JOB_NOT_FOUND');
});

test('a key can have 255 characters, also in quotes; longer or malformed keys are refused', async () => {
  const key = 'k'.repeat(255);
  const first = await send(key);
  expect(first.status).toBe(200);
  expect((await send(`"${key}"`)).body.id).toBe(first.body.id);
  const before = await effects(seatlane.rows);
  for (const wrong of [`${key}k`, `"${key}k"`, '', '""', 'schlüssel', 'a\tb']) {
    const answer = await send(wrong);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body.errors).toMatchObject([{ path: 'Idempotency-Key' }]);
  }
  expect(await effects(seatlane.rows)).toEqual(before);
});

test('an invalid request does not use its key', async () => {
  expectProblem(await send('mended', { amount: -1 }), 400, 'VALIDATION_FAILED');
  expect((await send('mended')).status).toBe(200);
});

test('a key is still known after Redis has lost its data', async () => {
  const first = await send('in the receipt');
  await seatlane.forgetInRedis('*');
  expect((await lookUp('in the receipt')).body).toEqual(first.body);
  const before = await effects(seatlane.rows);
  expect((await send('in the receipt')).body).toEqual(first.body);
  expectProblem(await send('in the receipt', { amount: 6 }), 422, 'IDEMPOTENCY_KEY_REUSED');
  expect(await effects(seatlane.rows)).toEqual(before);
});

test('a different request with a used key is refused after Redis has lost the key', async () => {
  const first = await send('taken over');
  await seatlane.forgetInRedis('key:*');
  expectProblem(await send('taken over', { amount: 6 }), 422, 'IDEMPOTENCY_KEY_REUSED');
  expect((await send('taken over')).body.id).toBe(first.body.id);
});

test('a retry of a payment returns its outcome although its queue token has ended; other requests are refused', async () => {
  const { client } = seatlane;
  const buyer = await client.admitted('buyer');
  const { seats } = await client.schedule();
  const held = await client.command('POST', `/concerts/seats/${seats[0]?.id}/book`, buyer);
  await client.command('POST', '/points/charge', { ...buyer, body: { amount: 500 } });
  const pay = (key?: string) =>
    client.command('POST', `/concerts/bookings/${held.body.result.id}/pay`, {
      ...buyer,
      ...(key !== undefined && { headers: { 'Idempotency-Key': key } }),
    });
  const paid = await pay('paid once');
  expect(paid.status).toBe(200);
  const before = await effects(seatlane.rows);
  const again = await pay('paid once');
  expect(again.status).toBe(200);
  expect(again.body).toEqual(paid.body);
  expectProblem(await pay('another key'), 409, 'PAYMENT_ALREADY_PROCESSED');
  expectProblem(await pay(), 409, 'PAYMENT_ALREADY_PROCESSED');
  expect(await effects(seatlane.rows)).toEqual(before);
});
