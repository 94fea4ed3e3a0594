/** The screen stays on while a gate scans. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepScreenOn } from '../../../../../src/web/gate/scanning/camera.ts';

const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
const held = new Set<object>();

beforeEach(() => {
  held.clear();
  vi.stubGlobal('document', page);
  vi.stubGlobal('navigator', {
    wakeLock: {
      request: async () => {
        const lock = { release: async () => void held.delete(lock) };
        held.add(lock);
        return lock;
      },
    },
  });
});
afterEach(() => vi.unstubAllGlobals());

/** Shows or hides the page. A browser takes the lock of a hidden page. */
function setVisible(isVisible: boolean): void {
  page.visibilityState = isVisible ? 'visible' : 'hidden';
  if (!isVisible) held.clear();
  page.dispatchEvent(new Event('visibilitychange'));
}

test('the lock is held, taken again after the page was hidden, and given back at the end', async () => {
  const ending = new AbortController();
  keepScreenOn(ending.signal);
  await vi.waitFor(() => expect(held.size).toBe(1));
  setVisible(false);
  expect(held.size).toBe(0);
  setVisible(true);
  await vi.waitFor(() => expect(held.size).toBe(1));
  ending.abort();
  await vi.waitFor(() => expect(held.size).toBe(0));
  setVisible(false);
  setVisible(true);
  expect(held.size).toBe(0);
});

test('a camera that is stopped at once holds nothing', async () => {
  const ending = new AbortController();
  keepScreenOn(ending.signal);
  ending.abort();
  await vi.waitFor(() => expect(held.size).toBe(0));
});
