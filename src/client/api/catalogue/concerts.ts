/** Concerts and their performances, as clients see them. Times are ISO 8601 in UTC; prices are in points. */
import type { PricedCategory } from './halls.ts';

export interface Concert {
  id: number;
  title: string;
  description: string | null;
  createdAt: string;
  /** The waiting queue that admits to it. */
  queueId: number;
  /** Where it takes place. Absent in outcomes of version 0.2.0 and older, as the next three. */
  venue?: string | null | undefined;
  /** The venue's time zone, by its IANA name. */
  timeZone?: string | undefined;
  /** The path of its picture. */
  image?: string | null | undefined;
  /** `closed`: operators accept no new orders. */
  state?: 'open' | 'closed' | undefined;
}

export interface Schedule {
  id: number;
  concertId: number;
  bookingStartAt: string;
  bookingEndAt: string;
  startAt: string;
  endAt: string;
  seatCount: number;
  /**
   * `closed`: it takes place, and operators accept no new orders for it; its concert can be closed too. Absent in outcomes of version
   * 0.2.0 and older, as `prices`.
   */
  state?: 'scheduled' | 'closed' | 'cancelled' | undefined;
  /** The lowest and the highest price of its places, in points. */
  prices?: { from: number; to: number } | null | undefined;
  /** Present in the list of bookable schedules. */
  availableCount?: number | undefined;
  /** Present in the list of all schedules of a concert. */
  saleState?: 'upcoming' | 'open' | 'ended' | undefined;
  /** The version of the hall of which it was made; null or absent if its seats were given as ranges. */
  hall?: { hallId: number; version: number } | null | undefined;
  /** The categories of the hall with their prices, in the order of the plan. */
  categories?: PricedCategory[] | null | undefined;
  /** Until when accessible seats are reserved; null: until the end of the sale. */
  accessibleUntil?: string | null | undefined;
}
