/** The ranges of schedules. They never change, so each worker process remembers those of the schedules that it served last. */
import { LRUCache } from 'lru-cache';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../../src/db/statement.ts';
import { RangeRanking, type SeatRange } from '../../../src/domain/best-seats/adjacent-seats.ts';

/** About 100 MB: a schedule of 50,000 seats has some hundred to some thousand ranges. */
const REMEMBERED = {
  maxSize: 300_000,
  sizeCalculation: ({ ranges }: KnownRanges) => ranges.length,
};

export interface KnownRange extends SeatRange {
  /** The ids of its seats lie between these two, and those of no other range of the schedule do. */
  firstId: number;
  lastId: number;
}

export interface KnownRanges {
  /** When the performance begins and its sale did when the ranges were read. After a failover another schedule may have this id. */
  times: string;
  /** How many free seats to read per wanted seat: more if many seats are single. `nextFactor` in find-adjacent-seats.ts sets it. */
  readFactor: number;
  ranking: RangeRanking;
  /** In the order of the ids of their seats. */
  ranges: readonly KnownRange[];
  /** How many seats of each range were free when it was read last; at first all of them. It says how much to read, not what is free. */
  lastFree: Map<number, number>;
}

interface Schedules {
  ids: readonly number[];
}

/** A schedule as it is read for each batch. */
export interface ScheduleTimes {
  id: number;
  startAt: Date;
  bookingStartAt: Date;
}

const timesOf = ({ startAt, bookingStartAt }: ScheduleTimes) =>
  `${startAt.getTime()} ${bookingStartAt.getTime()}`;

/** The first and the lowest `readFactor`. It is above 1 because some free seats are not adjacent. */
export const READ_FACTOR_MIN = 2;

const rangesOf = statement('ranges of schedules', ({ ids }: Given<Schedules>) =>
  db
    .selectFrom('seat')
    .select((seat) => [
      'schedule_id as scheduleId',
      'range_index as range',
      seat.fn.min('section').as('section'),
      seat.fn.min('row_name').as('row'),
      seat.fn.min('price').as('price'),
      seat.fn.min('number').as('first'),
      seat.fn.max('number').as('last'),
      seat.fn.min('id').as('firstId'),
      seat.fn.max('id').as('lastId'),
      seat.fn.countAll<number>().as('seats'),
    ])
    .where('schedule_id', '=', anyOf(ids))
    .groupBy(['schedule_id', 'range_index']),
);

export class ScheduleRanges {
  readonly #known = new LRUCache<number, KnownRanges>(REMEMBERED);

  /** @returns what is known of these schedules, by id; without ranges where the schedule has no seats */
  async find(send: Send, schedules: readonly ScheduleTimes[]): Promise<Map<number, KnownRanges>> {
    const found = new Map<number, KnownRanges>();
    const unknown = schedules.filter((schedule) => {
      const known = this.#known.get(schedule.id);
      const isKnown = known?.times === timesOf(schedule);
      if (known && isKnown) found.set(schedule.id, known);
      return !isKnown;
    });
    if (unknown.length === 0) return found;
    const read = await send(rangesOf({ ids: unknown.map(({ id }) => id) }));
    const bySchedule = Map.groupBy(read, ({ scheduleId }) => scheduleId);
    for (const schedule of unknown) {
      const { id } = schedule;
      const ranges = bySchedule.get(id) ?? [];
      const ofSchedule = {
        times: timesOf(schedule),
        readFactor: READ_FACTOR_MIN,
        ranking: new RangeRanking(ranges),
        ranges: ranges.toSorted((a, b) => a.firstId - b.firstId),
        lastFree: new Map(ranges.map(({ range, seats }) => [range, seats])),
      };
      found.set(id, ofSchedule);
      // A schedule gets all its seats in the transaction that creates it.
      if (ranges.length > 0) this.#known.set(id, ofSchedule);
    }
    return found;
  }

  forget(): void {
    this.#known.clear();
  }
}
