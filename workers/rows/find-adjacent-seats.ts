/**
 * Plans which seats the batch's commands get that want the best ones, so that those can be locked: one look at each
 * schedule, however many commands want seats of it. A handler chooses anew among what it finds when its turn comes.
 */
import { sql } from 'kysely';
import type { Send } from '../../src/db/connection/pipeline.ts';
import { epochMs } from '../../src/db/reads/epoch-ms.ts';
import { Hall, type HallRange, type HallSeat } from '../../src/domain/adjacent-seats.ts';
import type { BookingWindow } from '../../src/domain/holds.ts';
import type { Needs } from '../handlers/handler.ts';
import { distinct } from './distinct.ts';
import type { Needing } from './load-rows.ts';

/** A schedule with what was free in it before the batch locked anything. */
export interface ScheduleHall extends BookingWindow {
  hall: Hall;
}

export interface AdjacentSeats {
  /** By the schedule's id; those that exist. */
  halls: ReadonlyMap<number, ScheduleHall>;
  /** The choices for a command by its job's id, as ids of seats: its own, then spare ones that it shares with others. */
  choices: ReadonlyMap<string, readonly number[][]>;
}

/** Spare choices for each wish, so that a batch need not be tried again because one seat was taken meanwhile. */
const SPARES_MIN = 2;
/** For so many commands with the same wish there is one more. */
const COMMANDS_A_SPARE = 8;

/** @param batch in the order in which its commands are carried out */
export async function findAdjacentSeats(
  send: Send,
  batch: readonly Needing[],
): Promise<AdjacentSeats> {
  const scheduleIds = batch.flatMap(({ needs }) => needs.adjacentSeats?.scheduleId ?? []);
  const halls = await readHalls(send, distinct(scheduleIds));
  return { halls, choices: planFor(batch, halls) };
}

type ScheduleWish = NonNullable<Needs['adjacentSeats']>;

function planFor(
  batch: readonly Needing[],
  halls: ReadonlyMap<number, ScheduleHall>,
): AdjacentSeats['choices'] {
  // Seats that commands named so far: planned with only where nothing else is left.
  const named = new Set<number>();
  const taken: { hall: Hall; seats: HallSeat[] }[] = [];
  const take = (wish: ScheduleWish): number[] | undefined => {
    const hall = halls.get(wish.scheduleId)?.hall;
    const seats = hall?.choose(wish, named) ?? hall?.choose(wish);
    if (!hall || !seats) return undefined;
    for (const seat of seats) hall.setFree(seat, false);
    taken.push({ hall, seats });
    return seats.map(({ id }) => id);
  };
  const own = batch.flatMap(
    ({ command: { jobId }, needs: { seatIds = [], adjacentSeats: wish } }) => {
      for (const seatId of seatIds) named.add(seatId);
      const seats = wish && take(wish);
      return seats ? [{ jobId, wish, seats }] : [];
    },
  );
  const equals = Map.groupBy(own, ({ wish }) => JSON.stringify(wish));
  const choices = [...equals.values()].flatMap((same) => {
    const [{ wish }] = same as [(typeof own)[number]];
    const length = SPARES_MIN + Math.floor(same.length / COMMANDS_A_SPARE);
    const spares = Array.from({ length }, () => take(wish)).filter((seats) => seats !== undefined);
    return same.map(({ jobId, seats }) => [jobId, [seats, ...spares]] as const);
  });
  // The plan reserves nothing: seats of refused commands stay free to the commands that come after.
  for (const { hall, seats } of taken) for (const seat of seats) hall.setFree(seat, true);
  return new Map(choices);
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
