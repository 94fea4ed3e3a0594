/** Which seats, areas and orders a batch locks for its commands, and for which users it counts live bookings. */
import { distinct, idsIn, type Needing, namedSeats } from '../needing.ts';
import type { Rows } from '../rows.ts';
import type { WantedAreas } from './expired-places.ts';
import type { Limited } from './load-live-seats.ts';
import type { Wanted } from './lock-seats.ts';
import { namedIn } from './named-orders.ts';

/** @param areaIds areas to lock beside those that commands want */
export function wantedPlaces(
  { adjacentSeats: { choices } }: Pick<Rows, 'adjacentSeats'>,
  batch: readonly Needing[],
  areaIds: readonly number[],
): Wanted & WantedAreas & Limited {
  const named = idsIn(batch, namedSeats);
  return {
    ...namedIn(batch),
    ...wantedAreas(batch, areaIds),
    seatIds: distinct([...named, ...[...choices.values()].flat(2)]),
    // The schedules of named seats are looked up by the seats.
    scheduleIds: idsIn(batch, ({ places }) =>
      places?.best || places?.areas?.length ? places.scheduleId : undefined,
    ),
    userIds: idsIn(batch, ({ places }, { userId }) => places && userId),
  };
}

/** How many places the commands want in all, by area; none of the further areas. */
function wantedAreas(batch: readonly Needing[], further: readonly number[]): WantedAreas {
  const wanted = new Map(further.map((areaId) => [areaId, 0]));
  for (const { areaId, quantity } of batch.flatMap(({ needs }) => needs.places?.areas ?? [])) {
    wanted.set(areaId, (wanted.get(areaId) ?? 0) + quantity);
  }
  return { areaIds: [...wanted.keys()], places: [...wanted.values()] };
}
