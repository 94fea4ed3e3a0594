/** Finds out which of the schedules exist that commands name beside their places, which queues admit to them, and whether they are cancelled. */
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../../src/db/statement.ts';
import { idsIn, type Needing } from '../needing.ts';
import type { Rows } from '../rows.ts';

const existing = statement('schedules', ({ ids }: Given<{ ids: readonly number[] }>) =>
  db
    .selectFrom('schedule')
    .innerJoin('concert', 'concert.id', 'concert_id')
    .select(['schedule.id', 'queue_id as queueId', 'cancelled_at as cancelledAt'])
    .where('schedule.id', '=', anyOf(ids)),
);

/**
 * Must run after the seats and areas are loaded: the schedule of a loaded one exists, so most batches need no statement. Schedules
 * are never deleted, so none is locked. Those of best seats are read before (best-seats).
 */
export async function loadSchedules(
  send: Send,
  rows: Rows,
  batch: readonly Needing[],
): Promise<void> {
  const named = idsIn(batch, ({ places }) => (places?.best ? undefined : places?.scheduleId));
  if (named.length === 0) return;
  const { namedSchedules } = rows;
  for (const place of [...rows.seats.values(), ...rows.areas.values()])
    namedSchedules.set(place.scheduleId, place);
  const ids = named.filter((id) => !namedSchedules.has(id));
  if (ids.length === 0) return;
  for (const { id, ...schedule } of await send(existing({ ids }))) namedSchedules.set(id, schedule);
}
