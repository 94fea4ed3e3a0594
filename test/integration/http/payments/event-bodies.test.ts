/** Bodies of events that are not read, and those that are read at a time. */
import { type ClientRequest, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SANDBOX_SIGNATURE } from '../../../../src/http/payments/sandbox-signature.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { signedRequest, WITH_SANDBOX } from '../../../support/sandbox/written-checkouts.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;

beforeAll(async () => {
  seatlane = await startSeatlane({
    settings: { ...WITH_SANDBOX, TRUSTED_PROXIES: '1' },
    workers: 0,
  });
});
afterAll(() => seatlane.stop());

/** Longer than any event: the answer says whether it was refused for that. */
const text = 'x'.repeat(256 * 1024 + 1);
const signed = { [SANDBOX_SIGNATURE]: 't=1,v1=00' };
const post = (provider: string, headers: Record<string, string>) =>
  seatlane.client.request('POST', `/payments/${provider}/events`, { text, headers });

test('an event of a provider that is off is refused before it is read', async () => {
  expectProblem(await post('stripe', signed), 404, 'PROVIDER_NOT_FOUND');
});

test('an event without a signature is refused before it is read', async () => {
  expectProblem(await post('sandbox', {}), 400, 'PROVIDER_SIGNATURE_INVALID');
  expectProblem(await post('sandbox', signed), 413, 'BODY_TOO_LARGE');
});

const from = (address: string) => ({ 'X-Forwarded-For': address });

/** An event whose body does not come. */
function unsentEvent(address: string): ClientRequest {
  const url = `${seatlane.client.base}/payments/sandbox/events`;
  const headers = { ...signed, ...from(address), 'Content-Length': 10 };
  const sent = request(url, { method: 'POST', headers });
  // Its connection is closed below.
  sent.on('error', () => undefined);
  sent.flushHeaders();
  return sent;
}

/** An event that changes nothing. */
function ignored(address: string) {
  const event = signedRequest({ id: 'evt_1', type: 'payout.paid' });
  const headers = { ...event.headers, ...from(address) };
  return seatlane.client.request('POST', '/payments/sandbox/events', { ...event, headers });
}

const refuses = async (address: string) => (await ignored(address)).status === 503;
const [ONE, ANOTHER, THIRD] = ['192.0.2.1', '198.51.100.1', '203.0.113.1'] as const;

test('a hundred events are read at a time, fifty of one network, and further ones are repeated later', async () => {
  const unsent = Array.from({ length: 49 }, () => unsentEvent(ONE));
  expect((await ignored(ONE)).status).toBe(200);
  unsent.push(unsentEvent(ONE));
  await waitFor('all slots of one network are taken', () => refuses(ONE));
  expect((await ignored(ANOTHER)).status).toBe(200);
  unsent.push(...Array.from({ length: 50 }, () => unsentEvent(ANOTHER)));
  await waitFor('all slots are taken', () => refuses(THIRD));
  const refused = await ignored(THIRD);
  expectProblem(refused, 503, 'SERVICE_UNAVAILABLE');
  expect(refused.headers.get('retry-after')).toBe('1');
  for (const each of unsent) each.destroy();
  await waitFor('the slots are free', async () => !(await refuses(ONE)));
});
