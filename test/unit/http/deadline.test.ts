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
function begin(waitMs: number, answer: () => Promise<unknown> = never) {
  const request: { deadline?: Deadline } = {};
  let error: unknown;
  inTime(request, waitMs, answer).catch((thrown) => {
    error = thrown;
  });
  return { request, error: () => error };
}

test('a request that nobody answers is overdue after 5 s, and nothing may take effect then', async () => {
  const { request, error } = begin(0);
  await vi.advanceTimersByTimeAsync(4900);
  expect([error(), request.deadline?.isPassed]).toEqual([undefined, false]);
  await vi.advanceTimersByTimeAsync(200);
  expect(error()).toBeInstanceOf(RequestOverdue);
  expect(request.deadline?.isPassed).toBe(true);
});

test('the wait that was asked for is granted on top', async () => {
  const { error } = begin(20_000);
  await vi.advanceTimersByTimeAsync(24_900);
  expect(error()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(200);
  expect(error()).toBeInstanceOf(RequestOverdue);
});

test('the time in which the client sends its body does not count', async () => {
  const request: { deadline?: Deadline } = {};
  let error: unknown;
  const sending = () => new Promise<void>((resolve) => setTimeout(resolve, 20_000));
  inTime(request, 0, async () => {
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
  await expect(inTime({}, 0, async () => 'answer')).resolves.toBe('answer');
  await expect(inTime({}, 0, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(vi.getTimerCount()).toBe(0);
});
