/**
 * Plans which seats the batch's commands get that want the best ones, so that those can be locked: one look at each
 * schedule, however many commands want seats of it. A handler chooses anew among what it finds when its turn comes.
 */
import { sql } from 'kysely';
import type { Send } from '../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../src/db/statement.ts';
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

interface Schedules {
  ids: readonly number[];
}

const bookingWindows = statement('booking windows', ({ ids }: Given<Schedules>) =>
  db
    .selectFrom('schedule')
    .select(['id', 'booking_start_at as bookingStartAt', 'booking_end_at as bookingEndAt'])
    .select('start_at as startAt')
    .where('id', '=', anyOf(ids)),
);

/** One row a range: its seats as JSON, which is parsed fastest. Free by the batch's time, by which handlers judge too. */
const rangesWithFreeSeats = statement('ranges with free seats', ({ ids }: Given<Schedules>) =>
  db
    .selectFrom(
      db
        .selectFrom('seat')
        .select((seat) => [
          'schedule_id as scheduleId',
          'range_index as range',
          seat.fn.min('id').as('one'),
          seat.fn.min('number').as('first'),
          seat.fn.max('number').as('last'),
        ])
        .select(
          sql<[id: number, number: number][] | null>`
            json_agg(json_build_array(id, number)) filter (where blocked_reason is null
              and (state = 'available' or (state = 'held' and held_until <= now())))`.as('free'),
        )
        .where('schedule_id', '=', anyOf(ids))
        .groupBy(['schedule_id', 'range_index'])
        .as('ranges'),
    )
    .innerJoin('seat', 'seat.id', 'ranges.one')
    .select([
      'scheduleId',
      'range',
      'section',
      'row_name as row',
      'price',
      'first',
      'last',
      'free',
    ]),
);

async function readHalls(send: Send, ids: readonly number[]): Promise<Map<number, ScheduleHall>> {
  if (ids.length === 0) return new Map();
  const [windows, ranges] = await Promise.all([
    send(bookingWindows({ ids })),
    send(rangesWithFreeSeats({ ids })),
  ]);
  const bySchedule = Map.groupBy(ranges, ({ scheduleId }) => scheduleId);
  return new Map(
    windows.map(({ id, ...window }) => [
      id,
      { ...window, hall: new Hall((bySchedule.get(id) ?? []).map(toRange)) },
    ]),
  );
}

type FoundRange = Omit<HallRange, 'free'> & { free: [id: number, number: number][] | null };

function toRange({ free, ...range }: FoundRange): HallRange {
  const seats = (free ?? []).map(([id, number]) => ({ id, range: range.range, number }));
  return { ...range, free: seats };
}
