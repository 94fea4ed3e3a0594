/**
 * Plans which seats the batch's commands get that want the best ones, so that those can be locked: one look at each
 * schedule, however many commands want seats of it. A handler chooses anew among what it finds when its turn comes.
 */
import { sql } from 'kysely';
import { epochMs } from '../src/db/reads/epoch-ms.ts';
import { Hall, type HallRange } from '../src/domain/adjacent-seats.ts';
import type { BookingWindow } from '../src/domain/holds.ts';
import { distinct } from './distinct.ts';
import type { Needing } from './load-rows.ts';
import type { Send } from './pipeline.ts';

/** A schedule with what was free in it before the batch locked anything. */
export interface ScheduleHall extends BookingWindow {
  hall: Hall;
}

export interface AdjacentSeats {
  /** By the schedule's id; those that exist. */
  halls: ReadonlyMap<number, ScheduleHall>;
  /** The ids of the seats that are meant for a command, by its job's id. No seat is meant for two. */
  plans: ReadonlyMap<string, number[]>;
}

/** @param named seats that commands of the batch name: they are planned with only where nothing else is left */
export async function findAdjacentSeats(
  send: Send,
  batch: readonly Needing[],
  named: readonly number[],
): Promise<AdjacentSeats> {
  const scheduleIds = distinct(batch.flatMap(({ needs }) => needs.adjacentSeats?.scheduleId ?? []));
  const halls = await readHalls(send, scheduleIds);
  return { halls, plans: planFor(batch, halls, new Set(named)) };
}

function planFor(
  batch: readonly Needing[],
  halls: ReadonlyMap<number, ScheduleHall>,
  named: ReadonlySet<number>,
): Map<string, number[]> {
  const planned = batch.flatMap(({ command: { jobId }, needs: { adjacentSeats: wish } }) => {
    const hall = wish && halls.get(wish.scheduleId)?.hall;
    if (!hall) return [];
    const seats = hall.choose(wish, named) ?? hall.choose(wish);
    if (!seats) return [];
    for (const seat of seats) hall.setFree(seat, false);
    return [{ jobId, hall, seats }];
  });
  // A plan is no booking: whoever is refused leaves the seats to the commands that come after.
  for (const { hall, seats } of planned) for (const seat of seats) hall.setFree(seat, true);
  return new Map(planned.map(({ jobId, seats }) => [jobId, seats.map(({ id }) => id)]));
}

interface RangeRecord {
  schedule_id: string;
  range: number;
  section: string | null;
  row: string | null;
  price: number;
  first: number;
  last: number;
  free: [id: number, number: number][] | null;
}

interface WindowRecord {
  id: string;
  booking_start_at: number;
  booking_end_at: number;
  start_at: number;
}

/** Free by the batch's time, by which handlers judge too. One row a range: its seats as JSON, which is parsed fastest. */
async function readHalls(send: Send, scheduleIds: number[]): Promise<Map<number, ScheduleHall>> {
  if (scheduleIds.length === 0) return new Map();
  const [windows, records] = await Promise.all([
    send(sql<WindowRecord>`
      select id, ${epochMs('booking_start_at')} as booking_start_at,
        ${epochMs('booking_end_at')} as booking_end_at, ${epochMs('start_at')} as start_at
      from schedule where id = any(${scheduleIds}::bigint[])`),
    send(sql<RangeRecord>`
      select range.schedule_id, range.range_index as range, section, row_name as row, price, first, last, free
      from (
        select schedule_id, range_index, min(id) as one, min(number) as first, max(number) as last,
          json_agg(json_build_array(id, number)) filter (where blocked_reason is null
            and (state = 'available' or (state = 'held' and held_until <= now()))) as free
        from seat where schedule_id = any(${scheduleIds}::bigint[])
        group by schedule_id, range_index
      ) range
      join seat on seat.id = one`),
  ]);
  const bySchedule = Map.groupBy(records, (record) => Number(record.schedule_id));
  return new Map(
    windows.map((window) => [
      Number(window.id),
      {
        bookingStartAt: new Date(window.booking_start_at),
        bookingEndAt: new Date(window.booking_end_at),
        startAt: new Date(window.start_at),
        hall: new Hall((bySchedule.get(Number(window.id)) ?? []).map(toRange)),
      },
    ]),
  );
}

function toRange({ schedule_id: _, free, ...range }: RangeRecord): HallRange {
  const seats = (free ?? []).map(([id, number]) => ({ id, range: range.range, number }));
  return { ...range, free: seats };
}
