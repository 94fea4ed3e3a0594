/**
 * Plans seats for the commands that request the best available seats, so that the batch can lock them. The batch reads
 * of each schedule only the ranges in which the best seats lie, once, however many commands request seats of it. A handler chooses
 * again among the locked seats when its command is applied.
 */
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { saleClosedAt } from '../../../src/db/reads/on-sale.ts';
import { anyOf, db, type Given, statement } from '../../../src/db/statement.ts';
import type {
  FreeSeat,
  FreeSeats,
  SeatRequest,
} from '../../../src/domain/best-seats/adjacent-seats.ts';
import type { BookingWindow } from '../../../src/domain/holds.ts';
import { idsIn, type Needing, namedSeats } from '../needing.ts';
import { type RangesToRead, readFreeSeats } from './free-seats.ts';
import { type KnownRanges, READ_FACTOR_MIN, type ScheduleRanges } from './schedule-ranges.ts';

/** A schedule with the seats that were free before the batch locked any row. */
export interface ScheduleSeats extends BookingWindow {
  freeSeats: FreeSeats;
  /** The waiting queue that admits to its concert. */
  queueId: number;
}

export interface AdjacentSeats {
  /** The existing schedules, by id. */
  schedules: ReadonlyMap<number, ScheduleSeats>;
  /** Candidate seat ids of each command, by job id: its own choice, then spares that it shares with other commands. */
  choices: ReadonlyMap<string, readonly number[][]>;
}

/** Spare choices per distinct request, so that a batch need not retry when another transaction takes one seat. */
const SPARES_MIN = 2;
/** One more spare is planned for every this many commands with the same request. */
const COMMANDS_A_SPARE = 8;
/** How much more is read if that was not enough. */
const READ_MORE_FACTOR = 4;

interface ScheduleSeatRequest extends SeatRequest {
  scheduleId: number;
}

/** The seats that a command names, and its request for the best ones. */
interface Wish {
  jobId: string;
  named: readonly number[];
  request: ScheduleSeatRequest | undefined;
}

type OpenSchedule = ScheduleSeats & {
  known: KnownRanges;
  /** How many free seats the batch wants to have read. */
  wanted: number;
};

/** @param batch the commands, in the order in which they are applied */
export async function findAdjacentSeats(
  send: Send,
  batch: readonly Needing[],
  scheduleRanges: ScheduleRanges,
): Promise<AdjacentSeats> {
  const scheduleIds = idsIn(batch, ({ places }) => places?.best && places.scheduleId);
  if (scheduleIds.length === 0) return { schedules: new Map(), choices: new Map() };
  const wishes = batch.map(wishOf);
  const schedules = await openSchedules(send, scheduleIds, scheduleRanges);
  for (let more = 1; ; more *= READ_MORE_FACTOR) {
    await readFreeSeats(send, rangesToRead(wishes, schedules, more));
    const choices = planFor(wishes, schedules);
    if (!choices) continue;
    for (const open of schedules.values()) open.known.readFactor = nextFactor(open, more);
    return { schedules, choices };
  }
}

function wishOf({ command: { jobId }, needs }: Needing): Wish {
  const { places } = needs;
  const request = places?.best && { scheduleId: places.scheduleId, ...places.best };
  return { jobId, named: namedSeats(needs), request };
}

/** How many free seats to read per wanted seat. Raised if the first read was too small, otherwise halved. */
function nextFactor(
  { known: { lastFree, readFactor }, freeSeats, wanted }: OpenSchedule,
  more: number,
): number {
  const read = [...lastFree].filter(([range]) => freeSeats.hasRange(range));
  const free = read.reduce((sum, [, count]) => sum + count, 0);
  return Math.max(READ_FACTOR_MIN, more > 1 ? free / wanted : readFactor / 2);
}

const bookingWindows = statement('booking windows', ({ ids }: Given<{ ids: readonly number[] }>) =>
  db
    .selectFrom('schedule')
    .innerJoin('concert', 'concert.id', 'concert_id')
    .select(['booking_start_at as bookingStartAt', 'booking_end_at as bookingEndAt'])
    .select(['schedule.id', 'start_at as startAt', 'cancelled_at as cancelledAt'])
    .select(['queue_id as queueId', saleClosedAt.as('closedAt')])
    .where('schedule.id', '=', anyOf(ids)),
);

async function openSchedules(
  send: Send,
  ids: readonly number[],
  scheduleRanges: ScheduleRanges,
): Promise<Map<number, OpenSchedule>> {
  const windows = await send(bookingWindows({ ids }));
  const found = await scheduleRanges.find(send, windows);
  return new Map(
    windows.map(({ id, ...window }) => {
      const ranges = found.get(id) as KnownRanges;
      const freeSeats = ranges.ranking.freeSeats();
      return [id, { ...window, known: ranges, freeSeats, wanted: 1 }];
    }),
  );
}

/**
 * The ranges that are not read yet in which the best seats for the batch lie, as far as the process knows.
 * @param more how many times as many free seats are read as sufficed last
 */
function rangesToRead(
  wishes: readonly Wish[],
  schedules: ReadonlyMap<number, OpenSchedule>,
  more: number,
): RangesToRead[] {
  const seatsNamed = wishes.reduce((sum, { named }) => sum + named.length, 0);
  const requests = wishes.flatMap(({ request }) => request ?? []);
  const bySchedule = Map.groupBy(requests, ({ scheduleId }) => scheduleId);
  return [...schedules].map(([scheduleId, open]) => {
    const { known, freeSeats } = open;
    const ranges = new Set<number>();
    const equals = Map.groupBy(bySchedule.get(scheduleId) ?? [], (request) =>
      JSON.stringify({ ...request, quantity: undefined }),
    );
    for (const same of equals.values()) {
      const [request] = same as [ScheduleSeatRequest];
      const largest = Math.max(...same.map(({ quantity }) => quantity));
      const places = same.reduce((sum, { quantity }) => sum + quantity, 0);
      const wanted = seatsNamed + places + largest * sparesFor(same.length);
      open.wanted = Math.max(open.wanted, wanted);
      let free = 0;
      for (const level of freeSeats.levelsFor(request)) {
        for (const { range } of level) {
          free += known.lastFree.get(range) ?? 0;
          if (!freeSeats.hasRange(range)) ranges.add(range);
        }
        if (free >= wanted * known.readFactor * more) break;
      }
    }
    return { scheduleId, known, freeSeats, ranges };
  });
}

const sparesFor = (commands: number) => SPARES_MIN + Math.floor(commands / COMMANDS_A_SPARE);

/** @returns undefined if a choice depends on ranges that were not read */
function planFor(
  wishes: readonly Wish[],
  schedules: ReadonlyMap<number, ScheduleSeats>,
): AdjacentSeats['choices'] | undefined {
  let isUnread = false;
  // Seats that earlier commands request by id. The plan uses them only if no other seats are left.
  const namedBefore = new Set<number>();
  const taken: { freeSeats: FreeSeats; seats: FreeSeat[] }[] = [];
  /** @param avoided seats that the command itself requests by id, which are named before */
  const take = (request: ScheduleSeatRequest, avoided: readonly number[]) => {
    const freeSeats = schedules.get(request.scheduleId)?.freeSeats;
    const seats =
      freeSeats?.choose(request, namedBefore) ?? freeSeats?.choose(request, new Set(avoided));
    if (seats === 'unread') isUnread = true;
    if (!freeSeats || !seats || seats === 'unread') return undefined;
    for (const seat of seats) freeSeats.setFree(seat, false);
    taken.push({ freeSeats, seats });
    return seats.map(({ id }) => id);
  };
  const own = wishes.flatMap(({ jobId, named, request }) => {
    for (const seatId of named) namedBefore.add(seatId);
    const seats = request && take(request, named);
    return seats ? [{ jobId, request, avoided: named, seats }] : [];
  });
  const equals = Map.groupBy(own, ({ request, avoided }) => JSON.stringify([request, avoided]));
  const choices = [...equals.values()].flatMap((same) => {
    const [{ request, avoided }] = same as [(typeof own)[number]];
    const length = sparesFor(same.length);
    const spares = Array.from({ length }, () => take(request, avoided)).filter(
      (seats) => seats !== undefined,
    );
    return same.map(({ jobId, seats }) => [jobId, [seats, ...spares]] as const);
  });
  // The plan reserves no seats: if a command is refused, later commands can have its seats.
  for (const { freeSeats, seats } of taken) for (const seat of seats) freeSeats.setFree(seat, true);
  return isUnread ? undefined : new Map(choices);
}
