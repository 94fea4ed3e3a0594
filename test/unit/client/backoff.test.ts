/** How long the client waits before it asks again. */
import { describe, expect, test } from 'vitest';
import { backoffMs, retryAfterMs } from '../../../src/client/backoff.ts';

const least = () => 0;
const most = () => 1;

test('pauses double from try to try, up to ten seconds', () => {
  const tries = [1, 2, 3, 4, 5, 6, 7, 100];
  const longest = tries.map((number) => backoffMs(number, 0, most));
  expect(longest).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test('those who failed together come back spread', () => {
  expect([least, most].map((random) => backoffMs(3, 0, random))).toEqual([500, 1000]);
  expect([least, most].map((random) => backoffMs(1, 8000, random))).toEqual([8000, 10_000]);
});

test('what the API asked for is never undercut, and a longer pause stays', () => {
  expect(backoffMs(1, 3000, least)).toBe(3000);
  expect(backoffMs(6, 3000, least)).toBe(4000);
});

describe('Retry-After', () => {
  const of = (headers: Record<string, string>) => retryAfterMs(new Headers(headers));

  test('counts in seconds', () => {
    expect(of({ 'Retry-After': ' 7 ' })).toBe(7000);
  });

  test('or is a date, held against that of the answer', () => {
    const sent = { Date: 'Fri, 01 May 2026 12:00:00 GMT' };
    expect(of({ ...sent, 'Retry-After': 'Fri, 01 May 2026 12:00:30 GMT' })).toBe(30_000);
    expect(of({ ...sent, 'Retry-After': 'Fri, 01 May 2026 11:00:00 GMT' })).toBe(0);
  });

  test('is nothing where it is missing or makes no sense, and a day at most', () => {
    expect(of({})).toBe(0);
    expect(of({ 'Retry-After': 'soon' })).toBe(0);
    expect(of({ 'Retry-After': '-5' })).toBe(0);
    expect(of({ 'Retry-After': 'Fri, 01 May 2026 12:00:30 GMT' })).toBe(0);
    expect(of({ 'Retry-After': '999999999' })).toBe(86_400_000);
  });
});
