/** What is on: concerts with their next dates, and what operators change of them. */
import type { PageOptions } from '../../options.ts';
import type { NewConcert, NewSchedule } from '../inputs.ts';
import type { Concert } from '../resources.ts';

/** A concert with a date to come. Times are ISO 8601. */
export interface SaleEvent {
  concert: Concert;
  nextStartAt: string;
  /** How many dates are to come. */
  dates: number;
  /** The lowest price of the dates to come, in points; null if none has a price. */
  priceFrom: number | null;
  priceTo: number | null;
  /** When the next sale opens, or the present one has opened. */
  saleStartAt: string;
  saleState: 'upcoming' | 'open' | 'ended';
  /** How the order of those who wait is decided. */
  how: 'queue' | 'draw';
  /** When the order is drawn; null without a draw. */
  drawAt: string | null;
}

export interface EventOptions extends PageOptions {
  /** Part of the title or venue, at most 100 characters. */
  q?: string | undefined;
  /** The dates that start then or later. */
  from?: string | undefined;
  /** The dates that start before. */
  to?: string | undefined;
}

/** What a concert says about itself; a missing field stays as it is. */
export type ConcertChange = Partial<NewConcert>;

/** The times of a performance; a missing field stays as it is. */
export type ScheduleChange = Partial<
  Pick<NewSchedule, 'bookingStartAt' | 'bookingEndAt' | 'startAt' | 'endAt'>
>;

export interface ConcertImage {
  type: 'image/jpeg' | 'image/png' | 'image/webp';
  /** The file as base64, at most 150 KiB before. */
  data: string;
}
