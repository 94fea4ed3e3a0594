/** A full lane refuses further commands. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleOf, samplesOf } from '../../../support/deploy/metric-samples.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
let token: string;
beforeAll(async () => {
  seatlane = await startSeatlane({ settings: { LANE_LIMIT: '1' }, workers: 0 });
  token = await seatlane.client.tokenFor('ada');
});
afterAll(() => seatlane.stop());

const charge = (headers: Record<string, string> = {}) =>
  seatlane.client.request('POST', '/points/charge', { token, body: { amount: 5 }, headers });

test('a full lane refuses further commands with Retry-After', async () => {
  const first = await charge({ 'Idempotency-Key': 'the first' });
  expect(first.status).toBe(202);
  for (const headers of [{}, { Prefer: 'wait=5' }, { 'Idempotency-Key': 'the second' }]) {
    const answer = await charge(headers);
    expectProblem(answer, 503, 'LANE_FULL');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  }
  const second = await seatlane.client.request('GET', '/jobs?idempotencyKey=the%20second', {
    token,
  });
  expectProblem(second, 404, 'JOB_NOT_FOUND');
});

test('a command that a full lane refuses is counted as not accepted, and one that a client got wrong is not', async () => {
  const { client } = seatlane;
  const count = async () => {
    const samples = samplesOf((await client.request('GET', '/metrics')).body);
    const of = { operation: 'chargePoints' };
    return sampleOf(samples, 'seatlane_commands_not_accepted_total', of);
  };
  const before = (await count()) ?? 0;
  await charge();
  await client.request('POST', '/points/charge', { token, body: { amount: -5 } });
  await client.request('POST', '/points/charge', { body: { amount: 5 } });
  expect(await count()).toBe(before + 1);
});

test('another API process refuses too after its next count', async () => {
  const other = await seatlane.addApi();
  await waitFor('the other process counts', async () => {
    const { body } = await other.request('GET', '/metrics');
    return /^seatlane_lane_waiting\{lane="user-\d+"\} 1$/m.test(body);
  });
  const answer = await other.request('POST', '/points/charge', { token, body: { amount: 5 } });
  expectProblem(answer, 503, 'LANE_FULL');
});

test('other lanes still accept commands', async () => {
  const answers = [];
  for (let index = 0; index < 40; index += 1) {
    const own = await seatlane.client.tokenFor(`user ${index}`);
    const sent = { token: own, body: { amount: 1 } };
    answers.push(await seatlane.client.request('POST', '/points/charge', sent));
  }
  const accepted = answers.filter(({ status }) => status === 202);
  expect(accepted.length).toBe(seatlane.config.userLanes - 1);
});

test('accepted commands are applied, refused ones are not, and the lane accepts commands again', async () => {
  await seatlane.addWorker();
  await waitFor('the lane is empty', async () => {
    const { body } = await seatlane.client.request('GET', '/metrics');
    return !/^seatlane_lane_waiting\{lane="[^"]+"\} [1-9]/m.test(body);
  });
  const balance = async () =>
    (await seatlane.client.request('GET', '/points', { token })).body.balance;
  await waitFor('the first command has succeeded', async () => (await balance()) === 5);
  const answer = await charge({ 'Idempotency-Key': 'the second', Prefer: 'wait=20' });
  expect(answer.status).toBe(200);
  expect(await balance()).toBe(10);
});

test('a retry of a pending command returns the same job even while the lane is full', async () => {
  const full = await startSeatlane({ settings: { LANE_LIMIT: '1' }, workers: 0 });
  try {
    const mine = await full.client.tokenFor('bea');
    const headers = { 'Idempotency-Key': 'one' };
    const sent = { token: mine, body: { amount: 5 }, headers };
    const first = await full.client.request('POST', '/points/charge', sent);
    const again = await full.client.request('POST', '/points/charge', sent);
    expect(again.status).toBe(202);
    expect(again.body.id).toBe(first.body.id);
  } finally {
    await full.stop();
  }
});

test('concurrent commands do not exceed the limit', async () => {
  const rush = await startSeatlane({ settings: { LANE_LIMIT: '5' }, workers: 0 });
  try {
    const mine = await rush.client.tokenFor('cleo');
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        rush.client.request('POST', '/points/charge', { token: mine, body: { amount: 5 } }),
      ),
    );
    expect(answers.filter(({ status }) => status === 202).length).toBe(5);
  } finally {
    await rush.stop();
  }
});

test('a user with one pending command at a time never fills a lane', async () => {
  const idle = await startSeatlane({ settings: { LANE_LIMIT: '5' } });
  try {
    const own = { token: await idle.client.tokenFor('bea'), body: { amount: 5 } };
    for (let sent = 0; sent < 40; sent += 1) {
      expect((await idle.client.command('POST', '/points/charge', own)).status).toBe(200);
    }
  } finally {
    await idle.stop();
  }
});
