/** Messages to webhooks: how they are signed, and where they may go. */
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { webhookSecret } from '../../../src/commands/webhook-secret.ts';
import { isPublic, refuseLiteral } from '../../../workers/webhooks/addresses.ts';
import { signedHeaders } from '../../../workers/webhooks/signature.ts';

test('a message is signed over its id, its time and its body', () => {
  const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
  const headers = signedHeaders(
    { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' },
    key,
  );
  // The example of the specification's own libraries.
  expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  expect(headers['webhook-timestamp']).toBe('1614265330');
});

test('each webhook has a secret of its own, which nobody else can derive', () => {
  const [one, other] = [webhookSecret('x'.repeat(32), 1), webhookSecret('x'.repeat(32), 2)];
  expect(one.text).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
  expect(one.text).not.toBe(other.text);
  expect(createHmac('sha256', one.key).update('a').digest('hex')).toHaveLength(64);
});

test.each([
  ['93.184.216.34', true],
  ['2606:2800:220:1:248:1893:25c8:1946', true],
  ['127.0.0.1', false],
  ['127.8.8.8', false],
  ['10.1.2.3', false],
  ['172.16.0.1', false],
  ['172.32.0.1', true],
  ['192.168.1.1', false],
  ['169.254.169.254', false],
  ['100.64.0.1', false],
  ['0.0.0.0', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::1', false],
  ['::', false],
  ['fe80::1', false],
  ['fd00::1', false],
  ['ff02::1', false],
  ['::ffff:10.0.0.1', false],
  ['::ffff:127.0.0.1', false],
  ['localhost', false],
])('whether %s is public: %s', (address, expected) => {
  expect(isPublic(address)).toBe(expected);
});

test.each(['127.0.0.1', '[::1]', '10.0.0.1'])('the literal address %s is refused', (hostname) => {
  expect(() => refuseLiteral(hostname)).toThrow(/private or special/);
});

test('a name is judged when it is resolved', () => {
  expect(() => refuseLiteral('example.com')).not.toThrow();
});
