/** Keeps the states of seats true for as long as somebody looks, however often the line breaks. */
import { ask } from '../api.ts';
import type { SeatStates } from './seat-states.ts';

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
  const { signal } = ending;
  const tell = (isLive: boolean) => {
    if (!signal.aborted) onLive(isLive);
  };
  const options = { signal, onLive: tell, seatIds: states.seats.map(({ id }) => id) };
  const watching = ask(
    async (seatlane) => {
      for await (const changes of seatlane.seatChanges(scheduleId, options)) states.change(changes);
    },
    { retries: Number.POSITIVE_INFINITY },
  );
  // The turn is over, or there is nothing to watch: asking again would change nothing.
  watching.catch(() => tell(false));
  return () => ending.abort();
}
