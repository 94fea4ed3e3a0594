/** The timer of all periodic refreshes. The tests set the clock. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RefreshTimer } from '../../../src/runtime/refresh-timer.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a refresh is repeated after each period, also when one has failed', async () => {
  let count = 0;
  const timer = new RefreshTimer(async () => {
    count += 1;
    if (count === 1) throw new Error('PostgreSQL is away');
  }, 500);
  timer.start();
  expect(count).toBe(0);
  await vi.advanceTimersByTimeAsync(1500);
  expect(count).toBe(3);
  timer.stop();
});

test('a stopped timer does not refresh again, and leaves no timer behind', async () => {
  const refresh = vi.fn().mockResolvedValue(1);
  const timer = new RefreshTimer(refresh, 500);
  timer.start();
  timer.stop();
  await vi.advanceTimersByTimeAsync(1500);
  expect(refresh).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

test('a timer that was never started can be stopped', () => {
  expect(() => new RefreshTimer(async () => 1, 500).stop()).not.toThrow();
});
