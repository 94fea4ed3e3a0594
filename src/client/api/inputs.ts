/** Parameters and results of the buyers' methods, besides the API's resources. */
import type { PageOptions } from '../options.ts';
import type { HallOfSchedule } from './catalogue/halls.ts';
import type { Checkout } from './payments.ts';
import type { Booking, Order, PointHistoryLine } from './resources.ts';

/** A request for the best adjacent seats; docs/outcomes.md explains which seats are the best. */
export interface BestAvailable {
  scheduleId: number;
  /** The number of adjacent seats, 1 to 10. */
  quantity: number;
  /** The lowest price of one seat, in points. */
  minPrice?: number | undefined;
  /** The highest price of one seat, in points. */
  maxPrice?: number | undefined;
  /** Only seats of this section. */
  section?: string | undefined;
  /** The price to try first: the most expensive (`best`, the default) or the cheapest. */
  prefer?: 'best' | 'cheapest' | undefined;
}

/** What to order, of one schedule: certain seats, the best adjacent ones, places of areas; 1 to 10 places in all. */
export interface NewOrder {
  scheduleId: number;
  seatIds?: readonly number[] | undefined;
  /** No area twice. */
  areas?: readonly { areaId: number; quantity: number }[] | undefined;
  bestAvailable?: Omit<BestAvailable, 'scheduleId'> | undefined;
  /** Whether the order asks for accessible seats. Without it they, and those of companions, are reserved until `accessibleUntil`. */
  accessible?: boolean | undefined;
}

/** A page of a list, restricted to a period. */
export interface TimeOptions extends PageOptions {
  /** The start of the period, inclusive. */
  from?: Date | string | undefined;
  /** The end of the period, exclusive. */
  to?: Date | string | undefined;
}

/** The period refers to the start of performances. */
export type ScheduleOptions = TimeOptions;

/** The period refers to the creation of bookings. */
export interface BookingOptions extends TimeOptions {
  state?: Booking['state'] | undefined;
}

/** The period refers to the placing of orders. */
export interface OrderOptions extends TimeOptions {
  state?: Order['state'] | undefined;
}

/** The period refers to the time at which points changed. */
export interface HistoryOptions extends TimeOptions {
  kind?: PointHistoryLine['kind'] | undefined;
}

/** How to pay by card. */
export interface CardPayment {
  /** Where the payment page sends the buyer, with `checkoutId` added to its query. The API allows only some origins. */
  returnUrl: string;
  /** Default: the provider that is on. */
  provider?: Checkout['provider'] | undefined;
}

/** The user whom the access token names. */
export interface Me {
  subject: string;
  name: string | null;
  /** null for a buyer. */
  role: 'admin' | 'gate' | null;
  isAdmin: boolean;
}

/** A queue entry in the result of a draw. */
export interface DrawnPlace {
  /** The number that the entry had when it was added. */
  ticket: number;
  /** The entry's number after the draw. */
  number: number;
}

export interface Draw {
  id: number;
  /** The concert for which it was announced. */
  concertId: number;
  /** The queue whose order is drawn. */
  queueId: number;
  /** From then on no user is admitted, and users who enter the queue take part. */
  gathersAt: string;
  /** When the order is drawn and admission starts. */
  opensAt: string;
  /** null unless operators have cancelled the draw. */
  cancelledAt: string | null;
  /** When it was settled who takes part; null before, and in draws of older versions. */
  closedAt: string | null;
  /** SHA-256 of the seed, in hex. */
  seedHash: string;
  /** null until the draw, like the following fields. */
  seed: string | null;
  drawnAt: string | null;
  /** The number of entries that took part. */
  places: number | null;
  /** The lowest number that the draw assigned. */
  firstNumber: number | null;
  /** SHA-256 of the tickets in ascending order, joined by commas, in hex; null in draws of older versions too. */
  ticketsHash: string | null;
}

export interface NewQueue {
  /** 1 to 200 characters. */
  name: string;
  /** 1 to 100 concerts that the house queue serves. */
  concertIds: readonly number[];
  /** Users per window; null or missing for the configured value, as the others. */
  admitLimit?: number | null | undefined;
  admitWindowSeconds?: number | null | undefined;
  maxActive?: number | null | undefined;
}

export interface NewConcert {
  /** 1 to 200 characters. */
  title: string;
  description?: string | null;
  /** Where it takes place, 1 to 200 characters. */
  venue?: string | null | undefined;
  /** The venue's time zone, by its IANA name; `UTC` by default. */
  timeZone?: string | undefined;
}

/** Times as ISO 8601 with an offset. */
export interface NewSchedule {
  bookingStartAt: string;
  bookingEndAt: string;
  startAt: string;
  endAt: string;
  /** Ranges of adjacent seats, at most 50,000 seats in total. */
  seats?: readonly SeatRange[] | undefined;
  /** Areas beside or instead of seats, at most 100. */
  areas?: readonly NewArea[] | undefined;
  /** The seats and areas of a hall, instead of `seats` and `areas`. */
  hall?: HallOfSchedule | undefined;
  /**
   * Until when accessible and companion seats of the hall are kept for orders that ask for them; default: until the end of the
   * sale. Not after `bookingEndAt`.
   */
  accessibleUntil?: string | null | undefined;
}

/** Standing room or free seating. */
export interface NewArea {
  /** Unique within the schedule, 1 to 60 characters. */
  name: string;
  /** How many places it has, 1 to 1,000,000. */
  capacity: number;
  /** The price of each place, in points. */
  price: number;
}

export interface SeatRange {
  section?: string | null;
  row?: string | null;
  from: number;
  to: number;
  /** The price of each seat, in points. */
  price: number;
}
