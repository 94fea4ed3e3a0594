/** Retries while their first try is in progress, and retries after the queue token has ended. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningWorker } from '../../../../workers/worker.ts';
import type { AdmittedUser, TestClient } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
/** An API process without cached queue entries. */
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

/** A user whose queue entry has ended; the first API process still has it cached as active. */
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

test('a retry gets the outcome of its first try even if the first try has not yet reached the lane', async () => {
  const user = await seatlane.client.admitted('ada');
  const path = `/concerts/seats/${seatIds.pop()}/book`;
  await worker.stop();
  const headers = { 'Idempotency-Key': 'on its way' };
  const first = await seatlane.client.request('POST', path, { ...user, headers });
  const jobId: string = first.body.id;
  // The state after the first try has stored its key and before it adds its job.
  await seatlane.forgetInRedis(`{${jobId.split('_')[0]}}:*`);
  await endPlaceOf('ada');
  worker = await seatlane.addWorker();
  const retry = await other.command('POST', path, { ...user, headers });
  expectProblem(retry, 403, 'QUEUE_TOKEN_INVALID');
  expect(retry.body.jobId).toBe(jobId);
  expect(retry.headers.get('location')).toBe(`/jobs/${jobId}`);
});

test('a first try that arrives after its retry was refused is refused too', async () => {
  const user = await endedUser('bea');
  const seatId = seatIds.pop();
  expectProblem(await book(other, user, seatId, 'overtaken'), 403, 'QUEUE_TOKEN_INVALID');
  expectProblem(await book(seatlane.client, user, seatId, 'overtaken'), 403, 'QUEUE_TOKEN_INVALID');
  const { token } = user;
  const job = await other.request('GET', '/jobs?idempotencyKey=overtaken', { token });
  expectProblem(job, 404, 'JOB_NOT_FOUND');
});

test('a request that was refused because of its queue token is accepted with a new token', async () => {
  const user = await endedUser('cem');
  const seatId = seatIds.pop();
  expectProblem(await book(other, user, seatId, 'once more'), 403, 'QUEUE_TOKEN_INVALID');
  const again = await seatlane.client.admitted('cem');
  expect((await book(other, again, seatId, 'once more')).status).toBe(200);
});

test('a retry is served while a different request has reserved its key in Redis', async () => {
  const user = await seatlane.client.admitted('dan');
  const seatId = seatIds.pop();
  const before = new Set(await keysOf('key:*'));
  const first = await book(other, user, seatId, 'held');
  const [name = ''] = (await keysOf('key:*')).filter((each) => !before.has(each));
  // Redis had lost the key; a different request has reserved it and not released it yet.
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
