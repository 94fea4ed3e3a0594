/** The server's time on a page, also after the device has slept. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { secondsUntil, serverNow, setClockBy } from '../../../src/web/clock.ts';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2027, 0, 1, 12);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: START });
});
afterEach(() => vi.useRealTimers());

/** Time during which `performance.now()` stands. */
const sleep = (ms: number) => vi.setSystemTime(Date.now() + ms);
const dateOf = (ms: number) => new Date(ms).toUTCString();

test('an hour of sleep is counted, although the page’s own clock stood', () => {
  setClockBy(dateOf(START));
  const begin = serverNow();
  sleep(HOUR_MS);
  expect(serverNow() - begin).toBe(HOUR_MS);
  vi.advanceTimersByTime(5000);
  expect(serverNow() - begin).toBe(HOUR_MS + 5000);
  expect(secondsUntil(new Date(begin + HOUR_MS + 65_000).toISOString())).toBe(60);
});

test('a device’s clock that is set forward is corrected by the next response', () => {
  setClockBy(dateOf(START));
  serverNow();
  sleep(HOUR_MS);
  serverNow();
  setClockBy(dateOf(START));
  expect(Math.abs(serverNow() - START)).toBeLessThan(1000);
});

test('a device’s clock that is set back changes nothing', () => {
  setClockBy(dateOf(START));
  const begin = serverNow();
  vi.setSystemTime(START - HOUR_MS);
  expect(serverNow()).toBe(begin);
});
