/** The page's `fetch`: it corrects the page's clock, and waits while the device is offline. */
import type { Fetch } from '../client/index.ts';
import { setClockBy } from './clock.ts';

let offline = new AbortController();
// Requests in flight are aborted at once; otherwise their failure would only be noticed after the timeout.
addEventListener('offline', () => {
  offline.abort(new Error('The device is offline.'));
  offline = new AbortController();
});

/** While the device is offline, the failure is delayed until it is back, so that the client retries at that moment. */
export const fetchWhenOnline: Fetch = async (url, init) => {
  const given = init.signal ?? new AbortController().signal;
  try {
    const signal = AbortSignal.any([given, offline.signal]);
    const response = await fetch(url, { ...init, signal });
    setClockBy(response.headers.get('date'));
    return response;
  } catch (error) {
    if (!navigator.onLine) await untilOnline(given);
    throw error;
  }
};

/** Resolves when the device is online or the signal is aborted. */
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
