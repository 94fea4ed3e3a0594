/** The ranges of halls. They never change, so each worker process remembers those of the schedules that it served last. */
import { LRUCache } from 'lru-cache';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../../src/db/statement.ts';
import { type HallRange, HallRanking } from '../../../src/domain/best-seats/adjacent-seats.ts';
import { FailoverCache } from '../../batch/failover-cache.ts';

/** About 100 MB: a hall of 50,000 seats has some hundred ranges. */
const REMEMBERED = { maxSize: 300_000, sizeCalculation: ({ ranges }: KnownHall) => ranges.length };

export interface KnownRange extends HallRange {
  /** The ids of its seats lie between these two, and those of no other range of the schedule do. */
  firstId: number;
  lastId: number;
  /** How many seats were free when it was read last; at first all of them. It says how many ranges to read, not what is free. */
  lastFree: number;
}

export interface KnownHall {
  ranking: HallRanking;
  /** In the order of the ids of their seats. */
  ranges: readonly KnownRange[];
}

interface Schedules {
  ids: readonly number[];
}

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
      seat.fn.countAll<number>().as('lastFree'),
    ])
    .where('schedule_id', '=', anyOf(ids))
    .groupBy(['schedule_id', 'range_index']),
);

export class Halls extends FailoverCache {
  readonly #known = new LRUCache<number, KnownHall>(REMEMBERED);

  /** @returns the halls of these schedules, by schedule; without ranges where the schedule has no seats, or does not exist */
  async find(send: Send, ids: readonly number[]): Promise<Map<number, KnownHall>> {
    const found = new Map<number, KnownHall>();
    const unknown = ids.filter((id) => {
      const known = this.#known.get(id);
      if (known) found.set(id, known);
      return !known;
    });
    if (unknown.length === 0) return found;
    const bySchedule = Map.groupBy(await send(rangesOf({ ids: unknown })), (row) => row.scheduleId);
    for (const id of unknown) {
      const ranges = bySchedule.get(id) ?? [];
      const hall = {
        ranking: new HallRanking(ranges),
        ranges: ranges.toSorted((a, b) => a.firstId - b.firstId),
      };
      found.set(id, hall);
      // A schedule gets all its seats in the transaction that creates it.
      if (ranges.length > 0) this.#known.set(id, hall);
    }
    return found;
  }

  override forget(): void {
    this.#known.clear();
  }
}
