/** Waiting that a signal ends, without leaving anything behind. */
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pause, untilAborted } from '../../../src/client/pause.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('pause', () => {
  test('is over after its time, not before', async () => {
    let isOver = false;
    const { signal } = new AbortController();
    const over = pause(1000, signal).then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await over;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('ends with the signal’s reason at once, and leaves neither timer nor listener', async () => {
    const ending = new AbortController();
    const over = pause(1000, ending.signal);
    ending.abort('enough');
    await expect(over).rejects.toBe('enough');
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(ending.signal, 'abort')).toHaveLength(0);
  });

  test('does not begin where the signal was aborted before', async () => {
    await expect(pause(1000, AbortSignal.abort('no'))).rejects.toBe('no');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('untilAborted', () => {
  test('gives what the promise gives', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(7), signal)).toBe(7);
    expect(await untilAborted(Promise.resolve(7), undefined)).toBe(7);
    await expect(untilAborted(Promise.reject(new Error('broken')), signal)).rejects.toThrow(
      'broken',
    );
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('does not wait for what never comes, nor for what fails later', async () => {
    const ending = new AbortController();
    const { promise, reject } = Promise.withResolvers<never>();
    const waiting = untilAborted(promise, ending.signal);
    ending.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    reject(new Error('nobody hears this'));
  });
});
