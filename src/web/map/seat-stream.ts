/** Keeps the states of seats true: listens to their changes, and comes back when the line breaks. */
import { ApiProblem, pause, send } from '../api.ts';
import { readEvents } from '../event-stream.ts';
import type { SeatStates } from './seat-states.ts';

/** The API sends a sign of life each 15 s. */
const SILENT_MS_MAX = 40_000;
const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 10_000;

/**
 * @param onLive told whether changes arrive
 * @returns what ends it
 */
export function watchSeats(
  scheduleId: number,
  states: SeatStates,
  onLive: (isLive: boolean) => void,
): () => void {
  const ending = new AbortController();
  watchAgainAndAgain(scheduleId, states, onLive, ending.signal).catch(() => undefined);
  return () => ending.abort();
}

async function watchAgainAndAgain(
  scheduleId: number,
  states: SeatStates,
  onLive: (isLive: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  let lastId: string | undefined;
  let retryMs = RETRY_MS_MIN;
  while (!signal.aborted) {
    const silence = new AbortController();
    const both = AbortSignal.any([signal, silence.signal]);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const noteSign = () => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENT_MS_MAX);
    };
    // A line that is gone is noticed at once where the device knows it.
    addEventListener('offline', () => silence.abort(), { signal: both });
    try {
      noteSign();
      const headers = lastId === undefined ? {} : { 'Last-Event-ID': lastId };
      const path = `/concerts/schedules/${scheduleId}/events`;
      const response = await send('GET', path, { headers, signal: both });
      onLive(true);
      retryMs = RETRY_MS_MIN;
      for await (const { event, id, data } of readEvents(
        response.body as ReadableStream,
        noteSign,
      )) {
        lastId = id ?? lastId;
        const body = JSON.parse(data);
        if (event === 'reset') states.reset(body.states);
        if (event === 'seats') states.change(body.changes);
      }
    } catch (error) {
      if (isFinal(error)) return onLive(false);
    } finally {
      clearTimeout(timer);
    }
    if (signal.aborted) return;
    onLive(false);
    await Promise.race([pause(retryMs * (0.5 + Math.random())), untilOnline(signal)]);
    retryMs = Math.min(RETRY_MS_MAX, retryMs * 2);
  }
}

function untilOnline(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    addEventListener('online', () => resolve(), { once: true, signal });
  });
}

/** The turn is over, or there is nothing to watch: asking again would change nothing. */
function isFinal(error: unknown): boolean {
  return error instanceof ApiProblem && /^QUEUE_|TOKEN|_NOT_FOUND$/.test(error.code);
}
