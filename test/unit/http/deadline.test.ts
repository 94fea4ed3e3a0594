/** The time in which a request is answered. The clock is moved by hand. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { clientsTime, type Deadline, inTime, RequestOverdue } from '../../../src/http/deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const never = () => new Promise<never>(() => undefined);

/** Begins a request that nobody answers. */
function begin() {
  const request: { deadline?: Deadline } = {};
  let error: unknown;
  inTime(request, never).catch((thrown) => {
    error = thrown;
  });
  return { request, error: () => error };
}

test('a request that nobody answers is overdue after 5 s, and nothing may take effect then', async () => {
  const { request, error } = begin();
  await vi.advanceTimersByTimeAsync(4900);
  expect([error(), request.deadline?.isPassed]).toEqual([undefined, false]);
  await vi.advanceTimersByTimeAsync(200);
  expect(error()).toBeInstanceOf(RequestOverdue);
  expect(request.deadline?.isPassed).toBe(true);
});

test('the time in which the client sends its body does not count', async () => {
  const request: { deadline?: Deadline } = {};
  let error: unknown;
  const sending = () => new Promise<void>((resolve) => setTimeout(resolve, 20_000));
  inTime(request, async () => {
    await clientsTime(request, sending);
    return never();
  }).catch((thrown) => {
    error = thrown;
  });
  await vi.advanceTimersByTimeAsync(24_000);
  expect(error).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1200);
  expect(error).toBeInstanceOf(RequestOverdue);
});

test('a request that is answered leaves no timer behind', async () => {
  await expect(inTime({}, async () => 'answer')).resolves.toBe('answer');
  await expect(inTime({}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(vi.getTimerCount()).toBe(0);
});
