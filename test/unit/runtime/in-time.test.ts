/** Waiting for an answer, but not for ever. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inTime, NoAnswerInTime } from '../../../src/runtime/in-time.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('an answer or an error in time is passed on, and no timer is left', async () => {
  expect(await inTime(Promise.resolve('answer'), 1000)).toBe('answer');
  await expect(inTime(Promise.reject(new Error('refused')), 1000)).rejects.toThrow('refused');
  expect(vi.getTimerCount()).toBe(0);
});

test('an answer that comes too late is an error, and its own error harms nobody', async () => {
  const { promise, reject } = Promise.withResolvers<string>();
  const waiting = expect(inTime(promise, 1000)).rejects.toThrow(NoAnswerInTime);
  vi.advanceTimersByTime(1001);
  await waiting;
  reject(new Error('refused'));
});
