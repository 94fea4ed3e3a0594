/** `fetch` as the page sends by it: it sets the page's clock, and knows when the device is off line. */
import type { Fetch } from '../client/index.ts';
import { setClockBy } from './clock.ts';

let line = new AbortController();
// What is under way when the line goes is given up at once: it would only be missed after a time.
addEventListener('offline', () => {
  line.abort(new Error('The device is off line.'));
  line = new AbortController();
});

/** Off line it fails when the device is back, so that the client's next try comes just then. */
export const sendOnLine: Fetch = async (url, init) => {
  const given = init.signal ?? new AbortController().signal;
  try {
    const signal = AbortSignal.any([given, line.signal]);
    const response = await fetch(url, { ...init, signal });
    setClockBy(response.headers.get('date'));
    return response;
  } catch (error) {
    if (!navigator.onLine) await untilOnline(given);
    throw error;
  }
};

/** Until the device is on line, or the signal is aborted. */
function untilOnline(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const back = new AbortController();
    const end = () => {
      back.abort();
      resolve();
    };
    addEventListener('online', end, { signal: back.signal });
    signal.addEventListener('abort', end, { signal: back.signal });
    if (signal.aborted) end();
  });
}
