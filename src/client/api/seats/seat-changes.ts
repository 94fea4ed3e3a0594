/** The changes of a schedule's seats as one stream, which continues across reconnects. */

import type { CallOptions } from '../../options.ts';
import type { ServerEvent } from '../../transport/event-stream.ts';
import type { Area, Seat } from '../resources.ts';
import { AreaCounts } from './area-changes.ts';
import { followSchedule, type StreamDeps, type StreamOptions } from './schedule-stream.ts';
import { type SeatChange, SeatStates } from './seat-states.ts';

export interface SeatChangesOptions extends StreamOptions {
  /** The ids of all seats in the order of `seats()`. Without them the stream reads the seats first. */
  seatIds?: readonly number[] | undefined;
  /** Called with all areas first, which are none for a schedule without areas; then with the areas whose counts have changed. */
  onAreas?: ((areas: Area[]) => void) | undefined;
}

export interface SeatChangesDeps extends StreamDeps {
  seats(scheduleId: number, options: CallOptions): Promise<Seat[]>;
}

/** Yields all seats with their states first, then the seats that have changed, without duplicates. */
export async function* watchSeats(
  deps: SeatChangesDeps,
  scheduleId: number,
  { seatIds, onAreas, ...options }: SeatChangesOptions,
): AsyncGenerator<SeatChange[], void, undefined> {
  const { signal } = options;
  const ids = seatIds ?? (await deps.seats(scheduleId, { signal })).map(({ id }) => id);
  const states = new SeatStates(ids);
  const areas = new AreaCounts();
  for await (const event of followSchedule(deps, scheduleId, options)) {
    const changedAreas = onAreas && areas.changesOf(event);
    if (changedAreas) onAreas(changedAreas);
    const changes = changesOf(event, states);
    if (changes.length > 0) yield changes;
  }
}

function changesOf({ event, data }: ServerEvent, states: SeatStates): SeatChange[] {
  if (event === 'reset') return states.reset(JSON.parse(data).states);
  return event === 'seats' ? states.change(JSON.parse(data).changes) : [];
}
