/** The reply of Redis to an accepted command is lost: the response must not claim an outcome. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../../../../src/api.ts';
import { readConfig } from '../../../../src/config/config.ts';
import { openLog } from '../../../../src/runtime/log.ts';
import { TestClient } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { userOf } from '../../../support/http/sdk.ts';
import { openTcpLine, type TcpLine } from '../../../support/network/tcp-line.ts';
import {
  environmentFor,
  startSeatlane,
  type TestSeatlane,
} from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
let line: TcpLine;
let api: RunningApi;
let client: TestClient;
beforeAll(async () => {
  seatlane = await startSeatlane();
  line = await openTcpLine(seatlane.services.redisUrl);
  const { config } = readConfig(environmentFor({ ...seatlane.services, redisUrl: line.url }));
  api = await startApi({ config, log: openLog('test', 'silent') });
  client = new TestClient(`http://127.0.0.1:${api.port}`);
});
afterAll(async () => {
  await api.stop();
  await line.stop();
  await seatlane.stop();
});

const balanceOf = async (token: string) =>
  (await client.request('GET', '/points', { token })).body.balance;

/** Redis is reachable again after a reconnect. */
const untilServing = (token: string) =>
  waitFor('commands are taken again', async () => {
    const { status } = await client.command('POST', '/points/use', { token, body: { amount: 1 } });
    return status !== 503;
  });

test('if the reply of Redis is lost, the response names the job, which is applied', async () => {
  const token = await client.tokenFor('ada');
  line.loseReplyTo('charge-points');
  const answer = await client.request('POST', '/points/charge', { token, body: { amount: 70 } });
  expectProblem(answer, 503, 'ACCEPTANCE_UNKNOWN');
  expect(answer.body.detail).toContain('may have been accepted');
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  const location = answer.headers.get('location') as string;
  expect(location).toMatch(/^\/jobs\/user-\d+_/);
  await waitFor('the job has its outcome', async () => {
    const { body } = await client.request('GET', location, { token });
    return body.state === 'succeeded';
  });
  expect(await balanceOf(token)).toBe(70);
});

test('a retry with the same idempotency key finds the job, and the command takes effect once', async () => {
  const token = await client.tokenFor('bea');
  await untilServing(token);
  const charge = () =>
    client.command('POST', '/points/charge', {
      token,
      body: { amount: 70 },
      headers: { 'Idempotency-Key': 'lost reply' },
    });
  line.loseReplyTo('charge-points');
  const lost = await charge();
  expectProblem(lost, 503, 'ACCEPTANCE_UNKNOWN');
  const found = await waitFor('the retry is answered', async () => {
    const answer = await charge();
    return answer.status !== 503 && answer;
  });
  expect([found.status, found.headers.get('location')]).toEqual([
    200,
    lost.headers.get('location'),
  ]);
  expect(await balanceOf(token)).toBe(70);
});

test('the client package retries automatically with the same key', async () => {
  const token = await client.tokenFor('cleo');
  await untilServing(token);
  line.loseReplyTo('charge-points');
  const { balance } = await userOf(client.base, 'cleo').charge(70);
  expect(balance).toBe(70);
  expect(await balanceOf(token)).toBe(70);
});
