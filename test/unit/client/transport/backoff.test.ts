/** The delay before a retry. */
import { describe, expect, test } from 'vitest';
import { backoffMs, retryAfterMs } from '../../../../src/client/transport/backoff.ts';

const least = () => 0;
const most = () => 1;

test('delays double from try to try, up to ten seconds', () => {
  const tries = [1, 2, 3, 4, 5, 6, 7, 100];
  const longest = tries.map((number) => backoffMs(number, 0, most));
  expect(longest).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test('clients that failed at the same time retry at different times', () => {
  expect([least, most].map((random) => backoffMs(3, 0, random))).toEqual([500, 1000]);
  expect([least, most].map((random) => backoffMs(1, 8000, random))).toEqual([8000, 10_000]);
});

test('the delay is never below the minimum of the API, and may be longer', () => {
  expect(backoffMs(1, 3000, least)).toBe(3000);
  expect(backoffMs(6, 3000, least)).toBe(4000);
});

describe('Retry-After', () => {
  const of = (headers: Record<string, string>) => retryAfterMs(new Headers(headers));

  test('can be a number of seconds', () => {
    expect(of({ 'Retry-After': ' 7 ' })).toBe(7000);
  });

  test('can be a date, which is compared with the `Date` of the response', () => {
    const sent = { Date: 'Fri, 01 May 2026 12:00:00 GMT' };
    expect(of({ ...sent, 'Retry-After': 'Fri, 01 May 2026 12:00:30 GMT' })).toBe(30_000);
    expect(of({ ...sent, 'Retry-After': 'Fri, 01 May 2026 11:00:00 GMT' })).toBe(0);
  });

  test('is 0 if it is missing or invalid, and is capped at one day', () => {
    expect(of({})).toBe(0);
    expect(of({ 'Retry-After': 'soon' })).toBe(0);
    expect(of({ 'Retry-After': '-5' })).toBe(0);
    expect(of({ 'Retry-After': 'Fri, 01 May 2026 12:00:30 GMT' })).toBe(0);
    expect(of({ 'Retry-After': '999999999' })).toBe(86_400_000);
  });
});
