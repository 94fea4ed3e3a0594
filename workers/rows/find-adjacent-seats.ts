/**
 * Plans seats for the commands that request the best available seats, so that the batch can lock them. The batch reads
 * each schedule once, however many commands request seats of it. A handler chooses again among the locked seats when its
 * command is applied.
 */
import { sql } from 'kysely';
import type { Send } from '../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../src/db/statement.ts';
import { Hall, type HallRange, type HallSeat } from '../../src/domain/adjacent-seats.ts';
import type { BookingWindow } from '../../src/domain/holds.ts';
import type { Needs } from '../handlers/handler.ts';
import { distinct } from './distinct.ts';
import type { Needing } from './load-rows.ts';

/** A schedule with the seats that were free before the batch locked any row. */
export interface ScheduleHall extends BookingWindow {
  hall: Hall;
  /** The waiting queue that admits to its concert. */
  queueId: number;
}

export interface AdjacentSeats {
  /** The existing schedules, by id. */
  halls: ReadonlyMap<number, ScheduleHall>;
  /** Candidate seat ids of each command, by job id: its own choice, then spares that it shares with other commands. */
  choices: ReadonlyMap<string, readonly number[][]>;
}

/** Spare choices per distinct request, so that a batch need not retry when another transaction takes one seat. */
const SPARES_MIN = 2;
/** One more spare is planned for every this many commands with the same request. */
const COMMANDS_A_SPARE = 8;

/** @param batch the commands, in the order in which they are applied */
export async function findAdjacentSeats(
  send: Send,
  batch: readonly Needing[],
): Promise<AdjacentSeats> {
  const scheduleIds = batch.flatMap(({ needs }) => needs.adjacentSeats?.scheduleId ?? []);
  const halls = await readHalls(send, distinct(scheduleIds));
  return { halls, choices: planFor(batch, halls) };
}

type ScheduleSeatRequest = NonNullable<Needs['adjacentSeats']>;

function planFor(
  batch: readonly Needing[],
  halls: ReadonlyMap<number, ScheduleHall>,
): AdjacentSeats['choices'] {
  // Seats that earlier commands request by id. The plan uses them only if no other seats are left.
  const named = new Set<number>();
  const taken: { hall: Hall; seats: HallSeat[] }[] = [];
  /** @param avoided seats that the command itself requests by id, which are named before */
  const take = (request: ScheduleSeatRequest, avoided: readonly number[]) => {
    const hall = halls.get(request.scheduleId)?.hall;
    const seats = hall?.choose(request, named) ?? hall?.choose(request, new Set(avoided));
    if (!hall || !seats) return undefined;
    for (const seat of seats) hall.setFree(seat, false);
    taken.push({ hall, seats });
    return seats.map(({ id }) => id);
  };
  const own = batch.flatMap(
    ({ command: { jobId }, needs: { seatIds = [], adjacentSeats: request } }) => {
      for (const seatId of seatIds) named.add(seatId);
      const seats = request && take(request, seatIds);
      return seats ? [{ jobId, request, avoided: seatIds, seats }] : [];
    },
  );
  const equals = Map.groupBy(own, ({ request, avoided }) => JSON.stringify([request, avoided]));
  const choices = [...equals.values()].flatMap((same) => {
    const [{ request, avoided }] = same as [(typeof own)[number]];
    const length = SPARES_MIN + Math.floor(same.length / COMMANDS_A_SPARE);
    const spares = Array.from({ length }, () => take(request, avoided)).filter(
      (seats) => seats !== undefined,
    );
    return same.map(({ jobId, seats }) => [jobId, [seats, ...spares]] as const);
  });
  // The plan reserves no seats: if a command is refused, later commands can have its seats.
  for (const { hall, seats } of taken) for (const seat of seats) hall.setFree(seat, true);
  return new Map(choices);
}

interface Schedules {
  ids: readonly number[];
}

const bookingWindows = statement('booking windows', ({ ids }: Given<Schedules>) =>
  db
    .selectFrom('schedule')
    .innerJoin('concert', 'concert.id', 'concert_id')
    .select(['booking_start_at as bookingStartAt', 'booking_end_at as bookingEndAt'])
    .select(['schedule.id', 'start_at as startAt', 'cancelled_at as cancelledAt'])
    .select(['queue_id as queueId', 'closed_at as closedAt'])
    .where('schedule.id', '=', anyOf(ids)),
);

/**
 * One row per range with its free seats as JSON, which parses fastest. "Free" refers to the batch's time, as in handlers. Seats with a
 * kind are never among them: nobody gets an accessible seat who did not choose it.
 */
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
            json_agg(json_build_array(id, number)) filter (where kind = 0 and blocked_reason is null
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
