/** The seats of a schedule that change, as they change: one stream to the caller, however often the line breaks. */
import type { Seat } from '../commands/resources.ts';
import type { Request } from './connection.ts';
import { Interrupted } from './errors.ts';
import type { ServerEvent } from './event-stream.ts';
import type { CallOptions } from './options.ts';
import type { Patience } from './patience.ts';
import { type SeatChange, SeatStates } from './seat-states.ts';

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
  { signal }: CallOptions,
): AsyncGenerator<SeatChange[]> {
  const states = new SeatStates((await seats(scheduleId, { signal })).map(({ id }) => id));
  const path = `/concerts/schedules/${scheduleId}/events`;
  let lastEventId = '';
  let failures = 0;
  for (;;) {
    const resume: Record<string, string> = lastEventId ? { 'Last-Event-ID': lastEventId } : {};
    const request: Request = { method: 'GET', path, headers: { ...headers(), ...resume }, signal };
    try {
      for await (const event of patience.connection.events(request)) {
        failures = 0;
        const changes = changesOf(event, states);
        if (changes.length > 0) yield changes;
        lastEventId = event.lastEventId;
      }
      throw new Interrupted(new Error('The stream ended.'));
    } catch (error) {
      failures += 1;
      await patience.beforeNextTry(request, failures, error);
    }
  }
}

function changesOf({ event, data }: ServerEvent, states: SeatStates): SeatChange[] {
  if (event === 'reset') return states.reset(JSON.parse(data).states);
  return event === 'seats' ? states.change(JSON.parse(data).changes) : [];
}
