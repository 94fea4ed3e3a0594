/**
 * Adds the performance and the order to bookings in results of commands that an older version executed. Those results
 * lack them, and receipts are kept for 30 days. Titles and times of performances never change, and the migration to
 * orders gave each booking an order of one with the booking's id.
 */
import { LRUCache } from 'lru-cache';
import type { Performance } from '../../db/reads/catalogue/schedules.ts';

const PERFORMANCES_MAX = 10_000;

interface BookingOfAnyVersion extends Partial<Performance> {
  id: number;
  orderId?: number;
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

  /**
   * Returns a booking, with performance and order added if it lacks them.
   * @throws errors of the read
   */
  async complete(booking: BookingOfAnyVersion): Promise<object> {
    if (booking.orderId !== undefined) return booking;
    const inOrder = { ...booking, orderId: booking.id, areaId: null, areaName: null };
    if (booking.startAt !== undefined) return inOrder;
    return { ...inOrder, ...(await this.#known.fetch(booking.scheduleId)) };
  }
}
