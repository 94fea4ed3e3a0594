/** What one try to send a message comes to. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NameResolver } from '../../../../workers/webhooks/name-resolver.ts';
import { send } from '../../../../workers/webhooks/send.ts';
import { startNameServer } from '../../../support/name-server.ts';
import { type Receiver, startReceiver } from '../../../support/network/receiver.ts';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.stop());

const names = new NameResolver();
const sending = () => ({
  ...{ url: receiver.url, headers: {}, body: '{}' },
  ...{ isPrivateAllowed: true, names },
});

test('the status of the answer is given, also that of a redirect, which is not followed', async () => {
  receiver.statusOf = () => 302;
  expect(await send(sending())).toBe(302);
  expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
});

test('a server that does not answer in time is left', async () => {
  receiver.statusOf = () => 0;
  await expect(send({ ...sending(), timeoutMs: 50 })).rejects.toThrow('No answer within 50 ms.');
});

test('a refused address is never connected to', async () => {
  const before = receiver.connections;
  const url = receiver.url.replace('http:', 'https:');
  const strict = { ...sending(), url, isPrivateAllowed: false };
  await expect(send(strict)).rejects.toThrow('private or special');
  expect(receiver.connections).toBe(before);
});

test('a name that the name server resolves to a refused address is never connected to', async () => {
  const nameServer = await startNameServer(() => '127.0.0.1');
  const before = receiver.connections;
  const url = `https://shop.test:${receiver.port}/hook`;
  const strict = { ...sending(), url, isPrivateAllowed: false };
  const asked = send({ ...strict, names: new NameResolver([nameServer.address]) });
  await expect(asked).rejects.toThrow('127.0.0.1 is a private or special address.');
  expect(receiver.connections).toBe(before);
  nameServer.stop();
});
