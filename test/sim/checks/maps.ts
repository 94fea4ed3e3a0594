/** What viewers are shown, compared with what is true. */
import type { ShownMap } from '../people/viewer.ts';
import type { Engine } from '../postgres/engine.ts';

/** A hold that is over no longer keeps its seat, although it is ended a little later. */
const SEATS = `select id, case when blocked_reason is not null then 'blocked'
  when state = 'held' and held_until <= clock_timestamp() then 'available' else state end as state
  from seat where schedule_id = `;
const AREAS = 'select id, capacity, held, sold from area where schedule_id = ';

interface SeatRow {
  id: number;
  state: string;
}

interface AreaRow {
  id: number;
  capacity: number;
  held: number;
  sold: number;
}

/** @returns what is shown and not true now; undefined if the map is right */
export function judgeMap(engine: Engine, { scheduleId, seats, areas }: ShownMap) {
  for (const { id, state } of engine.read<SeatRow>(`${SEATS}${scheduleId}`)) {
    const shown = seats.get(id);
    if (shown !== state) return `Seat ${id} is ${state}, and a map shows it as ${shown}`;
  }
  for (const { id, capacity, held, sold } of engine.read<AreaRow>(`${AREAS}${scheduleId}`)) {
    const shown = areas.get(id);
    const isTrue =
      shown?.held === held && shown.sold === sold && shown.available === capacity - held - sold;
    if (isTrue) continue;
    const counts = shown && `${shown.available} available, ${shown.held} held, ${shown.sold} sold`;
    return `Area ${id} has ${held} held and ${sold} sold of ${capacity} places, and a map shows ${counts}`;
  }
  return undefined;
}
