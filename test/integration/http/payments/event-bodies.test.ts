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
  seatlane = await startSeatlane({ settings: WITH_SANDBOX, workers: 0 });
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

/** An event whose body does not come. */
function unsentEvent(): ClientRequest {
  const url = `${seatlane.client.base}/payments/sandbox/events`;
  const sent = request(url, { method: 'POST', headers: { ...signed, 'Content-Length': 10 } });
  // Its connection is closed below.
  sent.on('error', () => undefined);
  sent.flushHeaders();
  return sent;
}

test('a hundred events are read at a time, and further ones are repeated later', async () => {
  const ignored = () => {
    const event = signedRequest({ id: 'evt_1', type: 'payout.paid' });
    return seatlane.client.request('POST', '/payments/sandbox/events', event);
  };
  const unsent = Array.from({ length: 99 }, unsentEvent);
  expect((await ignored()).status).toBe(200);
  unsent.push(unsentEvent());
  await waitFor('all slots are taken', async () => (await ignored()).status === 503);
  const refused = await ignored();
  expectProblem(refused, 503, 'SERVICE_UNAVAILABLE');
  expect(refused.headers.get('retry-after')).toBe('1');
  for (const each of unsent) each.destroy();
  await waitFor('the slots are free', async () => (await ignored()).status === 200);
});
