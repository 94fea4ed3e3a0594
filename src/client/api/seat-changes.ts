/** The changes of a schedule's seats as one stream, which continues across reconnects. */

import type { CallOptions } from '../options.ts';
import type { ServerEvent } from '../transport/event-stream.ts';
import { followEvents } from '../transport/follow-events.ts';
import type { RetryPolicy } from '../transport/retry-policy.ts';
import type { Seat } from './resources.ts';
import { type SeatChange, SeatStates } from './seat-states.ts';

export interface SeatChangesOptions extends CallOptions {
  /** The ids of all seats in the order of `seats()`. Without them the stream reads the seats first. */
  seatIds?: readonly number[] | undefined;
  /** Called with true when the stream connects, with false when it breaks. */
  onLive?: ((isLive: boolean) => void) | undefined;
}

export interface SeatChangesDeps {
  retryPolicy: RetryPolicy;
  seats(scheduleId: number, options: CallOptions): Promise<Seat[]>;
  /** Returns the headers with the queue token, for each connection. */
  headers(): Record<string, string>;
}

/** Yields all seats with their states first, then the seats that have changed, without duplicates. */
export async function* watchSeats(
  { retryPolicy, seats, headers }: SeatChangesDeps,
  scheduleId: number,
  { signal, seatIds, onLive }: SeatChangesOptions,
): AsyncGenerator<SeatChange[], void, undefined> {
  const ids = seatIds ?? (await seats(scheduleId, { signal })).map(({ id }) => id);
  const states = new SeatStates(ids);
  const path = `/concerts/schedules/${scheduleId}/events`;
  const request = () => ({ method: 'GET', path, headers: headers(), signal }) as const;
  for await (const event of followEvents(retryPolicy, request, onLive)) {
    const changes = changesOf(event, states);
    if (changes.length > 0) yield changes;
  }
}

function changesOf({ event, data }: ServerEvent, states: SeatStates): SeatChange[] {
  if (event === 'reset') return states.reset(JSON.parse(data).states);
  return event === 'seats' ? states.change(JSON.parse(data).changes) : [];
}
