/** The signature of webhook messages. */
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { webhookSecret } from '../../../../../src/commands/schemas/webhook-secret.ts';
import { signedHeaders } from '../../../../../workers/outbox/webhooks/signature.ts';

test('the signature covers the id, the time and the body', () => {
  const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
  const headers = signedHeaders(
    { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' },
    key,
  );
  // The example of the specification's own libraries.
  expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  expect(headers['webhook-timestamp']).toBe('1614265330');
});

test('each webhook has a different secret that others cannot derive', () => {
  const [one, other] = [webhookSecret('x'.repeat(32), 1), webhookSecret('x'.repeat(32), 2)];
  expect(one.text).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
  expect(one.text).not.toBe(other.text);
  expect(createHmac('sha256', one.key).update('a').digest('hex')).toHaveLength(64);
});
