/** The seats of a schedule that change, as they change: one stream to the caller, however often the line breaks. */

import type { ServerEvent } from './event-stream.ts';
import { followEvents } from './follow-events.ts';
import type { CallOptions } from './options.ts';
import type { Patience } from './patience.ts';
import type { Seat } from './resources.ts';
import { type SeatChange, SeatStates } from './seat-states.ts';

export interface SeatChangesOptions extends CallOptions {
  /** The ids of all seats in the order of `seats()`, where they are known; else they are read first. */
  seatIds?: readonly number[] | undefined;
  /** Told when changes arrive, and when the line is broken for a while. */
  onLive?: ((isLive: boolean) => void) | undefined;
}

export interface SeatChangesDeps {
  patience: Patience;
  seats(scheduleId: number, options: CallOptions): Promise<Seat[]>;
  /** What admits to the stream, asked for at each connection. */
  headers(): Record<string, string>;
}

/** First all seats with their states, then those that have changed. Nothing is told twice. */
export async function* watchSeats(
  { patience, seats, headers }: SeatChangesDeps,
  scheduleId: number,
  { signal, seatIds, onLive }: SeatChangesOptions,
): AsyncGenerator<SeatChange[], void, undefined> {
  const ids = seatIds ?? (await seats(scheduleId, { signal })).map(({ id }) => id);
  const states = new SeatStates(ids);
  const path = `/concerts/schedules/${scheduleId}/events`;
  const request = () => ({ method: 'GET', path, headers: headers(), signal }) as const;
  for await (const event of followEvents(patience, request, onLive)) {
    const changes = changesOf(event, states);
    if (changes.length > 0) yield changes;
  }
}

function changesOf({ event, data }: ServerEvent, states: SeatStates): SeatChange[] {
  if (event === 'reset') return states.reset(JSON.parse(data).states);
  return event === 'seats' ? states.change(JSON.parse(data).changes) : [];
}
