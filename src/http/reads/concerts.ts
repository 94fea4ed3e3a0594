/**
 * Reads concerts and their schedules, which are the same for all users. Concurrent identical requests share one read,
 * which starts after they arrived.
 */
import type { Concert } from '../../commands/schemas/resources.ts';
import type { Database } from '../../db/connection/orm.ts';
import {
  findConcert,
  listBookableSchedules,
  listConcerts,
  listSchedules,
  type ScheduleRow,
} from '../../db/reads/concerts.ts';
import { Problem } from '../problems/problems.ts';
import { SharedReads } from './shared-read.ts';

type Filter<List extends (orm: Database, filter: never) => unknown> = Parameters<List>[1];

export class ConcertReads {
  readonly #orm: Database;
  readonly #reads = new SharedReads();

  constructor(orm: Database) {
    this.#orm = orm;
  }

  /** @throws Problem CONCERT_NOT_FOUND */
  async concert(concertId: number): Promise<Concert> {
    const read = () => findConcert(this.#orm, concertId);
    const found = await this.#reads.fresh(`concert ${concertId}`, read);
    if (found) return found;
    throw new Problem('CONCERT_NOT_FOUND', { detail: `Concert ${concertId} does not exist.` });
  }

  concerts(filter: Filter<typeof listConcerts>): Promise<Concert[]> {
    const read = () => listConcerts(this.#orm, filter);
    return this.#reads.fresh(`concerts ${JSON.stringify(filter)}`, read);
  }

  /** @throws Problem CONCERT_NOT_FOUND */
  schedules(filter: Filter<typeof listSchedules>): Promise<ScheduleRow[]> {
    const read = () => listSchedules(this.#orm, filter);
    return this.#ofConcert(filter, `schedules ${JSON.stringify(filter)}`, read);
  }

  /** @throws Problem CONCERT_NOT_FOUND */
  bookableSchedules(filter: Filter<typeof listBookableSchedules>): Promise<ScheduleRow[]> {
    const read = () => listBookableSchedules(this.#orm, filter);
    return this.#ofConcert(filter, `bookable schedules ${JSON.stringify(filter)}`, read);
  }

  async #ofConcert(
    { concertId }: { concertId: number },
    key: string,
    read: () => Promise<ScheduleRow[]>,
  ): Promise<ScheduleRow[]> {
    const found = await this.#reads.fresh(key, read);
    // The concert can be missing only if the list is empty.
    if (found.length === 0) await this.concert(concertId);
    return found;
  }
}
