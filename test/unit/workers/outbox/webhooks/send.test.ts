/** The result of one try to send a message. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NameResolver } from '../../../../../workers/outbox/webhooks/name-resolver.ts';
import { send } from '../../../../../workers/outbox/webhooks/send.ts';
import { startNameServer } from '../../../../support/name-server.ts';
import { type Receiver, startReceiver } from '../../../../support/network/receiver.ts';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.stop());

const names = new NameResolver();
const sending = () => ({
  url: receiver.url,
  headers: {},
  body: '{}',
  isPrivateAllowed: true,
  names,
});

test('the response status is returned; a redirect is not followed', async () => {
  receiver.statusOf = () => 302;
  expect(await send(sending())).toBe(302);
  expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
});

test('a server that does not respond in time causes an error', async () => {
  receiver.statusOf = () => 0;
  await expect(send({ ...sending(), timeoutMs: 50 })).rejects.toThrow('No response within 50 ms.');
});

test('no connection is opened to a refused address', async () => {
  const before = receiver.connections;
  const url = receiver.url.replace('http:', 'https:');
  const strict = { ...sending(), url, isPrivateAllowed: false };
  await expect(send(strict)).rejects.toThrow('private or special');
  expect(receiver.connections).toBe(before);
});

test('no connection is opened to a name that resolves to a refused address', async () => {
  const nameServer = await startNameServer(() => '127.0.0.1');
  const before = receiver.connections;
  const url = `https://shop.test:${receiver.port}/hook`;
  const strict = { ...sending(), url, isPrivateAllowed: false };
  const asked = send({ ...strict, names: new NameResolver([nameServer.address]) });
  await expect(asked).rejects.toThrow('127.0.0.1 is a private or special address.');
  expect(receiver.connections).toBe(before);
  nameServer.stop();
});
