/** The time in which a request is answered. The clock is moved by hand. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  clientsTime,
  type Deadline,
  Deadlines,
  RequestOverdue,
} from '../../../src/http/deadline.ts';

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
  new Deadlines().inTime(request, waitMs, answer).catch((thrown) => {
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
  new Deadlines()
    .inTime(request, 0, async () => {
      await clientsTime(request, sending);
      return never();
    })
    .catch((thrown) => {
      error = thrown;
    });
  await vi.advanceTimersByTimeAsync(24_000);
  expect(error).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1200);
  expect(error).toBeInstanceOf(RequestOverdue);
});

test('requests that have been answered leave no timer behind', async () => {
  const deadlines = new Deadlines();
  await expect(deadlines.inTime({}, 0, async () => 'answer')).resolves.toBe('answer');
  const refusing = deadlines.inTime({}, 0, () => Promise.reject(new Error('no')));
  await expect(refusing).rejects.toThrow('no');
  await vi.advanceTimersByTimeAsync(100);
  expect(vi.getTimerCount()).toBe(0);
});
