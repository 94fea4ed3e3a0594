/** Outcomes sent to a server: registered by operators, signed, at least once, never to private addresses. */
import { createHmac } from 'node:crypto';
import { type AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Received,
  type Receiver,
  startReceiver,
  taken,
} from '../../../support/network/receiver.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
let admin: string;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  seatlane = await startSeatlane({ settings: { WEBHOOK_ALLOW_PRIVATE: 'true' }, workers: 0 });
  await seatlane.addWorker({ firstRetryMs: 20, parts: ['seat', 'user', 'timers'] });
  await seatlane.addWorker({ parts: ['webhooks'] });
  admin = await seatlane.client.tokenFor('operator', 'admin');
});
afterAll(async () => {
  await seatlane.stop();
  receiver.stop();
});

const register = (body: object, token = admin) =>
  seatlane.client.command('POST', '/webhooks', { token, body });
const remove = (id: number) =>
  seatlane.client.command('DELETE', `/webhooks/${id}`, { token: admin });
const list = async () =>
  (await seatlane.client.request('GET', '/webhooks', { token: admin })).body.items;

/** Sends a command, and waits for its message. */
async function untilReceived(subject: string): Promise<Received> {
  const token = await seatlane.client.tokenFor(subject);
  await seatlane.client.command('POST', '/points/charge', { token, body: { amount: 5 } });
  return waitFor('a message', () =>
    receiver.received.find(({ body }) => JSON.parse(body).data.subject === subject),
  );
}

test('an outcome is sent, signed with the webhook’s secret', async () => {
  const { body } = await register({ url: receiver.url, commands: ['charge-points'] });
  expect(body.result).toMatchObject({ url: receiver.url, commands: ['charge-points'] });
  expect(JSON.stringify(body)).not.toContain('whsec_');
  const [{ id, secret }] = await list();
  const message = await untilReceived('ada');
  const { 'webhook-id': messageId, 'webhook-timestamp': timestamp } = message.headers;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${messageId}.${timestamp}.${message.body}`;
  const expected = createHmac('sha256', key).update(signed).digest('base64');
  expect(message.headers['webhook-signature']).toBe(`v1,${expected}`);
  const { type, data } = JSON.parse(message.body);
  expect(type).toBe('command.succeeded');
  expect(data).toMatchObject({ command: 'charge-points', state: 'succeeded', subject: 'ada' });
  expect(messageId).toBe(`${id}_${data.id}`);
  await remove(id);
});

test('a message that the receiver does not accept is sent again with the same id', async () => {
  receiver.statusOf = (tries) => (tries > 2 ? 204 : 500);
  const { body } = await register({ url: receiver.url, commands: ['charge-points'] });
  receiver.received = [];
  await untilReceived('bob');
  const first = receiver.received[0]?.headers['webhook-id'];
  await waitFor('the third try', () => receiver.triesOf(first) === 3);
  receiver.statusOf = taken;
  await remove(body.result.id);
});

test('an event that no command causes is sent to the webhooks registered for it', async () => {
  receiver.received = [];
  const { body } = await register({ url: receiver.url, commands: [], events: ['user-admitted'] });
  expect(body.result).toMatchObject({ commands: [], events: ['user-admitted'] });
  const token = await seatlane.client.tokenFor('zoe');
  await seatlane.client.command('POST', '/users/queue', { token });
  const message = await waitFor('the event', () => receiver.received[0]);
  expect(JSON.parse(message.body)).toMatchObject({
    type: 'event.user-admitted',
    data: { event: 'user-admitted', subject: 'zoe', number: expect.any(Number) },
  });
  await remove(body.result.id);
});

test('only operators can register, list and remove webhooks', async () => {
  const user = await seatlane.client.tokenFor('ada');
  expect((await register({ url: receiver.url }, user)).body.code).toBe('FORBIDDEN');
  expect((await seatlane.client.request('GET', '/webhooks', { token: user })).status).toBe(403);
  expect((await remove(999_999)).body.code).toBe('WEBHOOK_NOT_FOUND');
});

test.each([
  { url: 'ftp://example.com' },
  { url: 'https://user:pass@example.com' },
  { url: 'https://:pass@example.com' },
  { url: 'https://example.com/#orders' },
  { url: 'https://example.com#' },
  { url: 'not an address' },
  { url: 'https://example.com', commands: [] },
  { url: 'https://example.com', events: ['no-such-event'] },
  { url: 'https://example.com', commands: ['charge-points', 'no-such-command'] },
  { url: `https://example.com/${'x'.repeat(2000)}` },
])('%j is not valid', async (body) => {
  expect((await register(body)).body.code).toBe('VALIDATION_FAILED');
});

test('without the setting only https URLs are accepted, and private addresses are never called', async () => {
  const strict = await startSeatlane({ workers: 0 });
  await strict.addWorker({ firstRetryMs: 20 });
  try {
    const token = await strict.client.tokenFor('operator', 'admin');
    const send = (body: object) => strict.client.command('POST', '/webhooks', { token, body });
    expect((await send({ url: receiver.url })).body.code).toBe('VALIDATION_FAILED');
    for (const host of [
      '127.0.0.1',
      '127.1',
      '0x7f.1',
      '10.0.0.1',
      '169.254.169.254',
      '[::1]',
      '[::ffff:127.0.0.1]',
    ]) {
      const { body } = await send({ url: `https://${host}/hook` });
      expect(body).toMatchObject({
        code: 'VALIDATION_FAILED',
        errors: [{ path: 'url', message: 'must not lead to a private or special address' }],
      });
    }
    let called = 0;
    const trap = new Server(() => {
      called += 1;
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    const { port } = trap.address() as AddressInfo;
    await send({ url: `https://localhost:${port}/` });
    const user = await strict.client.tokenFor('ada');
    await waitFor('a message to be given up', async () => {
      await strict.client.command('POST', '/points/charge', { token: user, body: { amount: 1 } });
      const { body } = await strict.client.request('GET', '/admin/queues/api/queues', {
        headers: { Authorization: `Basic ${btoa('admin:test-password')}` },
      });
      const queue = body.queues.find(({ name }: { name: string }) => name === 'webhooks');
      return queue.counts.failed > 0;
    });
    expect(called).toBe(0);
    trap.close();
  } finally {
    await strict.stop();
  }
});
