/** The ranges of halls. They never change, so each worker process remembers those of the schedules that it served last. */
import { LRUCache } from 'lru-cache';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../../src/db/statement.ts';
import { type HallRange, HallRanking } from '../../../src/domain/best-seats/adjacent-seats.ts';

/** About 100 MB: a hall of 50,000 seats has some hundred to some thousand ranges. */
const REMEMBERED = { maxSize: 300_000, sizeCalculation: ({ ranges }: KnownHall) => ranges.length };

export interface KnownRange extends HallRange {
  /** The ids of its seats lie between these two, and those of no other range of the schedule do. */
  firstId: number;
  lastId: number;
}

export interface KnownHall {
  /** When the performance begins and its sale did when the ranges were read. After a failover another schedule may have this id. */
  times: string;
  /** For how many times the wanted places free seats had to be read last: more in a hall with many single seats. */
  readFactor: number;
  ranking: HallRanking;
  /** In the order of the ids of their seats. */
  ranges: readonly KnownRange[];
  /** How many seats of each range were free when it was read last; at first all of them. It says how much to read, not what is free. */
  lastFree: Map<number, number>;
}

interface Schedules {
  ids: readonly number[];
}

/** A schedule as it is read for each batch. */
export interface OnSale {
  id: number;
  startAt: Date;
  bookingStartAt: Date;
}

const timesOf = ({ startAt, bookingStartAt }: OnSale) =>
  `${startAt.getTime()} ${bookingStartAt.getTime()}`;

/** Free seats are read for so many times the places that a batch wants at least, because some of them are not adjacent. */
export const READ_FACTOR = 2;

const rangesOf = statement('ranges of halls', ({ ids }: Given<Schedules>) =>
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

export class Halls {
  readonly #known = new LRUCache<number, KnownHall>(REMEMBERED);

  /** @returns the halls of these schedules, by schedule; without ranges where the schedule has no seats */
  async find(send: Send, schedules: readonly OnSale[]): Promise<Map<number, KnownHall>> {
    const found = new Map<number, KnownHall>();
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
      const hall = {
        times: timesOf(schedule),
        readFactor: READ_FACTOR,
        ranking: new HallRanking(ranges),
        ranges: ranges.toSorted((a, b) => a.firstId - b.firstId),
        lastFree: new Map(ranges.map(({ range, seats }) => [range, seats])),
      };
      found.set(id, hall);
      // A schedule gets all its seats in the transaction that creates it.
      if (ranges.length > 0) this.#known.set(id, hall);
    }
    return found;
  }

  forget(): void {
    this.#known.clear();
  }
}
