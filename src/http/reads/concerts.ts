/** Reads concerts and their schedules, which are the same for all users. */
import type { Concert } from '../../commands/schemas/resources.ts';
import type { Database } from '../../db/connection/orm.ts';
import { findConcert, listConcerts } from '../../db/reads/catalogue/concerts.ts';
import {
  listBookableSchedules,
  listSchedules,
  type ScheduleRow,
} from '../../db/reads/catalogue/schedules.ts';
import { Problem } from '../problems/problems.ts';
import type { CatalogueCache } from './catalogue-cache.ts';

type Filter<List extends (orm: Database, filter: never) => unknown> = Parameters<List>[1];

export class ConcertReads {
  readonly #orm: Database;
  readonly #cache: CatalogueCache;

  constructor(orm: Database, cache: CatalogueCache) {
    this.#orm = orm;
    this.#cache = cache;
  }

  /** @throws Problem CONCERT_NOT_FOUND */
  async concert(concertId: number): Promise<Concert> {
    const read = async () => [await findConcert(this.#orm, concertId)].filter((row) => !!row);
    const [found] = await this.#cache.rows<Concert>(`concert ${concertId}`, { read });
    if (found) return found;
    throw new Problem('CONCERT_NOT_FOUND', { detail: `Concert ${concertId} does not exist.` });
  }

  concerts(filter: Filter<typeof listConcerts>): Promise<readonly Concert[]> {
    const read = () => listConcerts(this.#orm, filter);
    return this.#cache.rows(`concerts ${JSON.stringify(filter)}`, { read });
  }

  /** @throws Problem CONCERT_NOT_FOUND */
  schedules(filter: Filter<typeof listSchedules>): Promise<readonly ScheduleRow[]> {
    const read = () => listSchedules(this.#orm, filter);
    return this.#ofConcert(filter, `schedules ${JSON.stringify(filter)}`, read);
  }

  /** A sale that opens is in it a second later at the latest. @throws Problem CONCERT_NOT_FOUND */
  bookableSchedules(filter: Filter<typeof listBookableSchedules>): Promise<readonly ScheduleRow[]> {
    const read = () => listBookableSchedules(this.#orm, filter);
    return this.#ofConcert(filter, `bookable schedules ${JSON.stringify(filter)}`, read);
  }

  async #ofConcert(
    { concertId }: { concertId: number },
    key: string,
    read: () => Promise<ScheduleRow[]>,
  ): Promise<readonly ScheduleRow[]> {
    const found = await this.#cache.rows(key, { read, changesAt: timesOf });
    // The concert can be missing only if the list is empty.
    if (found.length === 0) await this.concert(concertId);
    return found;
  }
}

function timesOf({ bookingStartAt, bookingEndAt, startAt, endAt }: ScheduleRow): string[] {
  return [bookingStartAt, bookingEndAt, startAt, endAt];
}
