/** The signature of the sandbox's events. */
import { expect, test } from 'vitest';
import {
  isSandboxEventSigned,
  signSandboxEvent,
} from '../../../../src/http/payments/sandbox-signature.ts';

const SECRET = 'a secret that only the sandbox and the API know';
const NOW = Date.parse('2026-11-27T12:00:00Z');
const BODY = '{"id":"evt_1","amount":12000}';
const signed = signSandboxEvent(BODY, SECRET, NOW);
const accepts = (header: string | null, { body = BODY, secret = SECRET, now = NOW } = {}) =>
  isSandboxEventSigned(body, header, secret, now);

test('a signature has the value that another HMAC-SHA256 gives', () => {
  // printf '1000.{}' | openssl dgst -sha256 -hmac key
  expect(signSandboxEvent('{}', 'key', 1_000_999)).toBe(
    't=1000,v1=c32de42341dece79a1511c9e7f74a2734112edcfcf48943c976faf07047065db',
  );
});

test('a signed event is accepted', () => {
  expect(accepts(signed)).toBe(true);
});

test('an event is refused after a change of body, secret, time or signature', () => {
  expect(accepts(signed, { body: BODY.replace('12000', '12001') })).toBe(false);
  expect(accepts(signed, { secret: `${SECRET}.` })).toBe(false);
  expect(accepts(signed.replace(/^t=\d+/, `t=${NOW / 1000 + 1}`))).toBe(false);
  expect(accepts(signed.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).toBe(false);
  expect(accepts(signed.slice(0, -2))).toBe(false);
});

test('a signature is valid for 300 s, with a clock ahead or behind', () => {
  for (const sign of [1, -1]) {
    expect(accepts(signed, { now: NOW + sign * 300_000 })).toBe(true);
    expect(accepts(signed, { now: NOW + sign * 301_000 })).toBe(false);
  }
});

test('one right signature among several is enough', () => {
  const [t, v1] = signed.split(',');
  expect(accepts(`${t},v1=${'0'.repeat(64)},${v1}`)).toBe(true);
  expect(accepts(`${t}, ${v1}, v0=ignored`)).toBe(true);
});

test.each([null, '', 't=', 'v1=', 'nonsense', `t=${NOW / 1000}`, `t=1e9,${signed.split(',')[1]}`])(
  'the header %j is refused',
  (header) => {
    expect(accepts(header)).toBe(false);
  },
);

test('a header with two times is refused', () => {
  expect(accepts(`t=${NOW / 1000},${signed}`)).toBe(false);
});
