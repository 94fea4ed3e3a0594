/** Requests that wait for an outcome: retries, limits, and disconnects. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleOf, samplesOf } from '../../../support/deploy/metric-samples.ts';
import type { RequestOptions } from '../../../support/http/client.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

const PER_USER = 2;

let seatlane: TestSeatlane;
beforeAll(async () => {
  seatlane = await startSeatlane({ settings: { WAITS_PER_USER: String(PER_USER) }, workers: 0 });
});
afterAll(() => seatlane.stop());

const charge = (token: string, headers: Record<string, string>, options: RequestOptions = {}) =>
  seatlane.client.request('POST', '/points/charge', {
    token,
    body: { amount: 1 },
    headers,
    ...options,
  });

async function figure(name: string): Promise<number | undefined> {
  const { body } = await seatlane.client.request('GET', '/metrics');
  return sampleOf(samplesOf(body), name);
}

const untilWaiting = (count: number) =>
  waitFor(`${count} requests wait`, async () => (await figure('seatlane_waits')) === count);

/** Applies the pending commands and stops. */
async function carryOut(): Promise<void> {
  const worker = await seatlane.addWorker();
  await untilWaiting(0);
  await worker.stop();
}

test('a retry of a pending command waits for the outcome and gets the same response as the first try', async () => {
  const token = await seatlane.client.tokenFor('ada');
  const headers = { 'Idempotency-Key': 'under way', Prefer: 'wait=30' };
  const first = charge(token, headers);
  await untilWaiting(1);
  const retry = charge(token, headers);
  await untilWaiting(2);
  await carryOut();
  const [one, two] = await Promise.all([first, retry]);
  expect([one.status, two.status]).toEqual([200, 200]);
  expect(two.body).toEqual(one.body);
  for (const name of ['location', 'preference-applied', 'retry-after']) {
    expect(two.headers.get(name), name).toBe(one.headers.get(name));
  }
  const later = await charge(token, headers);
  expect([later.status, later.body]).toEqual([200, one.body]);
});

test('a retry whose wait times out gets the same response as a first try whose wait times out', async () => {
  const token = await seatlane.client.tokenFor('bea');
  const headers = { 'Idempotency-Key': 'runs out', Prefer: 'wait=1' };
  const one = await charge(token, headers);
  const two = await charge(token, headers);
  expect([one.status, two.status]).toEqual([202, 202]);
  expect(two.body.id).toBe(one.body.id);
  for (const name of ['location', 'preference-applied', 'retry-after']) {
    expect(two.headers.get(name), name).toBe(one.headers.get(name));
  }
});

test('a request above the limit of waiting requests gets 202 immediately, and the others wait', async () => {
  const token = await seatlane.client.tokenFor('many');
  const other = await seatlane.client.tokenFor('another');
  const waiting = [1, 2].map(() => charge(token, { Prefer: 'wait=30' }));
  await untilWaiting(PER_USER);
  const skipped = (await figure('seatlane_waits_skipped_total')) ?? 0;
  const above = await charge(token, { Prefer: 'wait=30' });
  expect(above.status).toBe(202);
  expect(above.headers.get('preference-applied')).toBeNull();
  expect(Number(above.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  const job = { token, headers: { Prefer: 'wait=30' } };
  const looked = await seatlane.client.request('GET', `/jobs/${above.body.id}`, job);
  expect(looked).toMatchObject({ status: 200, body: { state: 'queued' } });
  expect(looked.headers.get('preference-applied')).toBeNull();
  expect(await figure('seatlane_waits_skipped_total')).toBe(skipped + 2);
  const theirs = charge(other, { Prefer: 'wait=30' });
  await untilWaiting(PER_USER + 1);
  await carryOut();
  for (const { status } of await Promise.all([...waiting, theirs])) expect(status).toBe(200);
  expect((await seatlane.client.request('GET', `/jobs/${above.body.id}`, job)).body.state).toBe(
    'succeeded',
  );
});

test('a wait ends when its connection is closed', async () => {
  const token = await seatlane.client.tokenFor('impatient');
  const ending = new AbortController();
  const asked = fetch(`${seatlane.client.base}/points/charge`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      Prefer: 'wait=30',
    },
    body: JSON.stringify({ amount: 1 }),
    signal: ending.signal,
  }).catch(() => undefined);
  await untilWaiting(1);
  ending.abort();
  await asked;
  await untilWaiting(0);
});
