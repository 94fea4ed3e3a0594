/** The abort signal of an exchange. */
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadline } from '../../../../src/client/transport/deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the signal fires after the timeout, with a reason', () => {
  const deadline = new Deadline(undefined);
  deadline.set(1000);
  vi.advanceTimersByTime(999);
  expect(deadline.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(deadline.signal.reason).toEqual(new Error('No data arrived within 1000 ms.'));
});

test('setting the timeout again restarts it', () => {
  const deadline = new Deadline(undefined);
  deadline.set(1000);
  vi.advanceTimersByTime(900);
  deadline.set(1000);
  vi.advanceTimersByTime(900);
  expect(deadline.signal.aborted).toBe(false);
  expect(vi.getTimerCount()).toBe(1);
  deadline.end();
});

test('the signal fires with the caller’s reason when the caller aborts', () => {
  const ending = new AbortController();
  const deadline = new Deadline(ending.signal);
  ending.abort('enough');
  expect(deadline.signal.reason).toBe('enough');
});

test('the constructor throws if the caller has already aborted', () => {
  expect(() => new Deadline(AbortSignal.abort(new Error('no')))).toThrow('no');
});

test('end() releases the timer and the listener', () => {
  const ending = new AbortController();
  const deadline = new Deadline(ending.signal);
  deadline.set(1000);
  deadline.end();
  expect(vi.getTimerCount()).toBe(0);
  expect(getEventListeners(ending.signal, 'abort')).toHaveLength(0);
});
