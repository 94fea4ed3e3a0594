/** Keeps the states of seats up to date while the map is shown, across reconnects. */
import { callApi } from '../api.ts';
import type { SeatStates } from './seat-states.ts';

/**
 * @param onLive called with true when the stream connects, with false when it breaks
 * @returns a function that closes the stream
 */
export function watchSeats(
  scheduleId: number,
  states: SeatStates,
  onLive: (isLive: boolean) => void,
): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  const reportLive = (isLive: boolean) => {
    if (!signal.aborted) onLive(isLive);
  };
  const options = { signal, onLive: reportLive, seatIds: states.seats.map(({ id }) => id) };
  const watching = callApi(
    async (seatlane) => {
      for await (const changes of seatlane.seatChanges(scheduleId, options)) states.change(changes);
    },
    { retries: Number.POSITIVE_INFINITY },
  );
  // The session has ended, or the schedule does not exist: a retry would not help.
  watching.catch(() => reportLive(false));
  return () => ending.abort();
}
