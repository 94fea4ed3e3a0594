/** Retries that meet their own first try halfway, and queue tokens that ended in between. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningWorker } from '../../../../workers/worker.ts';
import type { AdmittedUser, TestClient } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
/** An API process that remembers nothing of the users' places. */
let other: TestClient;
let seatIds: number[];
let worker: RunningWorker;

beforeAll(async () => {
  seatlane = await startSeatlane({ workers: 0 });
  worker = await seatlane.addWorker();
  other = await seatlane.addApi();
  seatIds = (await seatlane.client.schedule()).seats.map(({ id }) => id);
});
afterAll(() => seatlane.stop());

const book = (client: TestClient, user: AdmittedUser, seatId: number | undefined, key: string) =>
  client.command('POST', `/concerts/seats/${seatId}/book`, {
    ...user,
    headers: { 'Idempotency-Key': key },
  });

async function endPlaceOf(subject: string): Promise<void> {
  await seatlane.rows(`update queue_entry set state = 'ended', ended_at = now(), end_reason = 'left'
    where state = 'active' and user_id = (select id from app_user where subject = '${subject}')`);
}

/** A user whose place has ended; the first API process still believes it to be active. */
async function endedUser(subject: string): Promise<AdmittedUser> {
  const user = await seatlane.client.admitted(subject);
  const looked = await seatlane.client.request('GET', '/concerts/1/schedules/bookable', user);
  expect(looked.status).toBe(200);
  await endPlaceOf(subject);
  return user;
}

async function keysOf(pattern: string): Promise<string[]> {
  const redis = new Redis(seatlane.services.redisUrl);
  const keys = await redis.keys(`${seatlane.services.redisPrefix}:${pattern}`);
  redis.disconnect();
  return keys;
}

test('a retry whose first try is on its way into its lane gets the outcome that the lane gives both', async () => {
  const user = await seatlane.client.admitted('ada');
  const path = `/concerts/seats/${seatIds.pop()}/book`;
  await worker.stop();
  const headers = { 'Idempotency-Key': 'on its way' };
  const first = await seatlane.client.request('POST', path, { ...user, headers });
  const jobId: string = first.body.id;
  // As it was while the first try had noted its key and not added its job yet.
  await seatlane.forgetInRedis(`{${jobId.split('_')[0]}}:*`);
  await endPlaceOf('ada');
  worker = await seatlane.addWorker();
  const retry = await other.command('POST', path, { ...user, headers });
  expectProblem(retry, 403, 'QUEUE_TOKEN_INVALID');
  expect(retry.body.jobId).toBe(jobId);
  expect(retry.headers.get('location')).toBe(`/jobs/${jobId}`);
});

test('a first try that comes after its retry was refused is refused too', async () => {
  const user = await endedUser('bea');
  const seatId = seatIds.pop();
  expectProblem(await book(other, user, seatId, 'overtaken'), 403, 'QUEUE_TOKEN_INVALID');
  expectProblem(await book(seatlane.client, user, seatId, 'overtaken'), 403, 'QUEUE_TOKEN_INVALID');
  const { token } = user;
  const job = await other.request('GET', '/jobs?idempotencyKey=overtaken', { token });
  expectProblem(job, 404, 'JOB_NOT_FOUND');
});

test('a request that was refused for its queue token is accepted with a new one', async () => {
  const user = await endedUser('cem');
  const seatId = seatIds.pop();
  expectProblem(await book(other, user, seatId, 'once more'), 403, 'QUEUE_TOKEN_INVALID');
  const again = await seatlane.client.admitted('cem');
  expect((await book(other, again, seatId, 'once more')).status).toBe(200);
});

test('the right retry is served while a wrong request holds its key in Redis', async () => {
  const user = await seatlane.client.admitted('dan');
  const seatId = seatIds.pop();
  const before = new Set(await keysOf('key:*'));
  const first = await book(other, user, seatId, 'held');
  const [name = ''] = (await keysOf('key:*')).filter((each) => !before.has(each));
  // Redis had forgotten the key, and a wrong request has noted it and not taken it back yet.
  const redis = new Redis(seatlane.services.redisUrl);
  await redis.set(name, 'seat-0 anotherRequest');
  redis.disconnect();
  const retry = await book(other, user, seatId, 'held');
  expect([retry.status, retry.body]).toEqual([200, first.body]);
});

test('another request under the key of a command that is still pending is refused', async () => {
  const { client } = seatlane;
  const token = await client.tokenFor('eve');
  await worker.stop();
  const send = (amount: number) =>
    client.request('POST', '/points/charge', {
      token,
      body: { amount },
      headers: { 'Idempotency-Key': 'pending' },
    });
  expect((await send(1)).status).toBe(202);
  expectProblem(await send(2), 422, 'IDEMPOTENCY_KEY_REUSED');
  worker = await seatlane.addWorker();
});
