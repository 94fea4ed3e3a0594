/** Keeps the states of seats and the counts of areas up to date while they are shown, across reconnects. */
import type { Area } from '../../client/index.ts';
import { callApi } from '../api.ts';
import type { SeatStates } from './seat-states.ts';

export interface StreamListeners {
  /** Called with true when the stream connects, with false when it breaks. */
  onLive(isLive: boolean): void;
  /** Called with all areas, then with those that change. */
  onAreas(areas: readonly Area[]): void;
}

/** @returns a function that closes the stream */
export function watchSeats(
  scheduleId: number,
  states: SeatStates,
  { onLive, onAreas }: StreamListeners,
): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  const reportLive = (isLive: boolean) => {
    if (!signal.aborted) onLive(isLive);
  };
  const reportAreas = (areas: readonly Area[]) => {
    if (!signal.aborted) onAreas(areas);
  };
  const seatIds = states.seats.map(({ id }) => id);
  const options = { signal, onLive: reportLive, onAreas: reportAreas, seatIds };
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
