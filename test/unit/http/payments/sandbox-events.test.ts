/** Events of the sandbox: what is read, and what is refused. */
import { expect, test } from 'vitest';
import { SignatureInvalid } from '../../../../src/http/payments/events.ts';
import { readersOf } from '../../../../src/http/payments/readers.ts';
import { sandboxEvents } from '../../../../src/http/payments/sandbox-events.ts';
import {
  SANDBOX_SIGNATURE,
  signSandboxEvent,
} from '../../../../src/http/payments/sandbox-signature.ts';

const SECRET = 'a secret that only the sandbox and the API know';
const NOW = Date.parse('2026-11-28T12:00:00Z');
const reader = sandboxEvents(SECRET);

const event = {
  id: 'evt_1',
  type: 'checkout.paid',
  key: 'checkout-7-abc',
  checkoutId: 7,
  ref: 'chk_1',
  amount: 12_000,
  currency: 'KRW',
  at: '2026-11-28T11:59:58Z',
};

const signed = (body: string) =>
  new Headers({ [SANDBOX_SIGNATURE]: signSandboxEvent(body, SECRET, NOW) });
const read = (fields: object = {}) => {
  const body = JSON.stringify({ ...event, ...fields });
  return reader.readEvent(body, signed(body), NOW);
};

test.each([
  ['checkout.paid', 'paid'],
  ['checkout.failed', 'failed'],
  ['checkout.expired', 'expired'],
])('%s is read', (type, outcome) => {
  expect(read({ type })).toEqual({
    about: 'checkout',
    id: 'evt_1',
    key: 'checkout-7-abc',
    checkoutId: 7,
    outcome,
    ref: 'chk_1',
    amount: 12_000,
    currency: 'KRW',
  });
});

test('an event of another kind is ignored', () => {
  expect(read({ type: 'payout.paid', checkoutId: undefined })).toBe('ignored');
  expect(read({ type: 'toString' })).toBe('ignored');
});

test('an event without a valid signature is refused before it is parsed', () => {
  const body = JSON.stringify(event);
  const refused = (text: string, headers: Headers) =>
    expect(() => reader.readEvent(text, headers, NOW)).toThrow(SignatureInvalid);
  refused(body, new Headers());
  refused(`${body} `, signed(body));
  refused('{', new Headers({ [SANDBOX_SIGNATURE]: 't=1,v1=00' }));
  const old = signSandboxEvent(body, SECRET, NOW - 301_000);
  refused(body, new Headers({ [SANDBOX_SIGNATURE]: old }));
});

test.each([
  { amount: 0 },
  { amount: 1.5 },
  { checkoutId: '7' },
  { key: undefined },
  { currency: 'W' },
])('a signed event that is not as documented, with %j, is an error of ours', (fields) => {
  expect(() => read(fields)).toThrow();
  expect(() => read(fields)).not.toThrow(SignatureInvalid);
});

test('events of the sandbox are read only while it is on', () => {
  expect([...readersOf({ sandbox: undefined, stripe: undefined }).keys()]).toEqual([]);
  expect([...readersOf({ sandbox: { secret: SECRET }, stripe: undefined }).keys()]).toEqual([
    'sandbox',
  ]);
});
