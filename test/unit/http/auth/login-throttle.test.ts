/** Which addresses have to wait after failed logins, and how long. */
import { beforeEach, expect, test } from 'vitest';
import { FAILURES_MAX, LoginThrottle } from '../../../../src/http/auth/login-throttle.ts';

const ADDRESS = '192.0.2.1';
let now: number;
let throttle: LoginThrottle;

beforeEach(() => {
  now = 1_780_000_000_000;
  throttle = new LoginThrottle(() => now);
});

function fail(times: number, address = ADDRESS): void {
  for (let failed = 0; failed < times; failed += 1) throttle.countFailure(address);
}

test('the tenth failed login throttles only its own address, for a minute', () => {
  fail(FAILURES_MAX - 1);
  expect(throttle.secondsToWait(ADDRESS)).toBe(0);
  fail(1);
  expect(throttle.secondsToWait(ADDRESS)).toBe(60);
  expect(throttle.secondsToWait('192.0.2.2')).toBe(0);
  now += 59_001;
  expect(throttle.secondsToWait(ADDRESS)).toBe(1);
  now += 999;
  expect(throttle.secondsToWait(ADDRESS)).toBe(0);
});

test('failures are forgotten after a minute without a further one', () => {
  fail(FAILURES_MAX - 1);
  now += 60_000;
  fail(1);
  expect(throttle.secondsToWait(ADDRESS)).toBe(0);
  now += 59_999;
  fail(FAILURES_MAX - 1);
  expect(throttle.secondsToWait(ADDRESS)).toBe(60);
});

test('the addresses of one IPv6 network wait together', () => {
  for (let host = 1; host <= FAILURES_MAX; host += 1) fail(1, `2001:db8::${host}`);
  expect(throttle.secondsToWait('2001:db8::ffff')).toBe(60);
  expect(throttle.secondsToWait('2001:db8:0:1::1')).toBe(0);
});
