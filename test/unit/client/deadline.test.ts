/** The end of an exchange that takes too long, or that its caller ends. */
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadline } from '../../../src/client/deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('what takes too long is ended, and told why', () => {
  const deadline = new Deadline(undefined);
  deadline.set(1000);
  vi.advanceTimersByTime(999);
  expect(deadline.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(deadline.signal.reason).toEqual(new Error('Nothing came within 1000 ms.'));
});

test('a sign of life begins the time anew', () => {
  const deadline = new Deadline(undefined);
  deadline.set(1000);
  vi.advanceTimersByTime(900);
  deadline.set(1000);
  vi.advanceTimersByTime(900);
  expect(deadline.signal.aborted).toBe(false);
  expect(vi.getTimerCount()).toBe(1);
  deadline.end();
});

test('the caller’s abort is followed, with its reason', () => {
  const ending = new AbortController();
  const deadline = new Deadline(ending.signal);
  ending.abort('enough');
  expect(deadline.signal.reason).toBe('enough');
});

test('nothing is begun for a caller who has ended it already', () => {
  expect(() => new Deadline(AbortSignal.abort(new Error('no')))).toThrow('no');
});

test('an exchange that is over leaves neither timer nor listener', () => {
  const ending = new AbortController();
  const deadline = new Deadline(ending.signal);
  deadline.set(1000);
  deadline.end();
  expect(vi.getTimerCount()).toBe(0);
  expect(getEventListeners(ending.signal, 'abort')).toHaveLength(0);
});
