/**
 * Adds the performance to bookings in results of commands that an older version executed. Those results lack it, and
 * receipts are kept for 30 days. Titles and times of performances never change.
 */
import { LRUCache } from 'lru-cache';
import type { Performance } from '../../db/reads/concerts.ts';

const PERFORMANCES_MAX = 10_000;

interface BookingOfAnyVersion extends Partial<Performance> {
  scheduleId: number;
}

export class Performances {
  readonly #known: LRUCache<number, Performance>;

  /** @param read reads the performance of a schedule */
  constructor(read: (scheduleId: number) => Promise<Performance | undefined>) {
    this.#known = new LRUCache({
      max: PERFORMANCES_MAX,
      fetchMethod: (scheduleId: number) => read(scheduleId),
    });
  }

  /** Returns a command's result with the performance added to each booking that lacks it. @throws errors of the read */
  async complete(result: object): Promise<object> {
    if ('bookings' in result) {
      const bookings = result.bookings as BookingOfAnyVersion[];
      return { ...result, bookings: await Promise.all(bookings.map((each) => this.#of(each))) };
    }
    return this.#of(result as BookingOfAnyVersion);
  }

  async #of(booking: BookingOfAnyVersion): Promise<object> {
    if (booking.startAt !== undefined) return booking;
    return { ...booking, ...(await this.#known.fetch(booking.scheduleId)) };
  }
}
