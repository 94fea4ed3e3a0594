/** The deadline of a request. The tests set the clock. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  type Deadline,
  pauseDeadline,
  RequestOverdue,
  withinDeadline,
} from '../../../src/http/deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const never = () => new Promise<never>(() => undefined);

/** Begins a request that gets no response. */
function begin() {
  const request: { deadline?: Deadline } = {};
  let error: unknown;
  withinDeadline(request, never).catch((thrown) => {
    error = thrown;
  });
  return { request, error: () => error };
}

test('a request without a response is overdue after 5 s and may no longer take effect', async () => {
  const { request, error } = begin();
  await vi.advanceTimersByTimeAsync(4900);
  expect([error(), request.deadline?.isPassed]).toEqual([undefined, false]);
  await vi.advanceTimersByTimeAsync(200);
  expect(error()).toBeInstanceOf(RequestOverdue);
  expect(request.deadline?.isPassed).toBe(true);
});

test('the time to receive the body does not count towards the deadline', async () => {
  const request: { deadline?: Deadline } = {};
  let error: unknown;
  const sending = () => new Promise<void>((resolve) => setTimeout(resolve, 20_000));
  withinDeadline(request, async () => {
    await pauseDeadline(request, sending);
    return never();
  }).catch((thrown) => {
    error = thrown;
  });
  await vi.advanceTimersByTimeAsync(24_000);
  expect(error).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1200);
  expect(error).toBeInstanceOf(RequestOverdue);
});

test('a completed request leaves no timer running', async () => {
  await expect(withinDeadline({}, async () => 'answer')).resolves.toBe('answer');
  await expect(withinDeadline({}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(vi.getTimerCount()).toBe(0);
});
