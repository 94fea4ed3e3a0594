/** Waiting that a signal can abort. */
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sleep, untilAborted } from '../../../../src/client/transport/sleep.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('sleep', () => {
  test('resolves after the given time, not before', async () => {
    let isOver = false;
    const { signal } = new AbortController();
    const over = sleep(1000, signal).then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await over;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('rejects with the reason of the signal at once, and releases timer and listener', async () => {
    const ending = new AbortController();
    const over = sleep(1000, ending.signal);
    ending.abort('enough');
    await expect(over).rejects.toBe('enough');
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(ending.signal, 'abort')).toHaveLength(0);
  });

  test('rejects at once if the signal is already aborted', async () => {
    await expect(sleep(1000, AbortSignal.abort('no'))).rejects.toBe('no');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('untilAborted', () => {
  test('settles like the promise', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(7), signal)).toBe(7);
    expect(await untilAborted(Promise.resolve(7), undefined)).toBe(7);
    await expect(untilAborted(Promise.reject(new Error('broken')), signal)).rejects.toThrow(
      'broken',
    );
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('rejects when the signal is aborted, and ignores a later failure of the promise', async () => {
    const ending = new AbortController();
    const { promise, reject } = Promise.withResolvers<never>();
    const waiting = untilAborted(promise, ending.signal);
    ending.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    reject(new Error('ignored'));
  });
});
