/**
 * The API's resources as types, written out so that the package needs no library. A test holds them equal to the schemas
 * that the API checks and documents.
 */

/** Times are ISO 8601 in UTC, prices and amounts are points. */
export interface Concert {
  id: number;
  title: string;
  description: string | null;
  createdAt: string;
}

export interface Schedule {
  id: number;
  concertId: number;
  bookingStartAt: string;
  bookingEndAt: string;
  startAt: string;
  endAt: string;
  seatCount: number;
  /** In the list of bookable schedules. */
  availableCount?: number | undefined;
  /** In the list of all schedules of a concert. */
  saleState?: 'upcoming' | 'open' | 'ended' | undefined;
}

export interface Seat {
  id: number;
  section: string | null;
  row: string | null;
  number: number;
  price: number;
  state: 'available' | 'held' | 'sold';
  /** In answers to operators: why the seat is off the sale, or null. */
  blockedReason?: string | null | undefined;
}

export interface Booking {
  id: number;
  concertId: number;
  concertTitle: string;
  scheduleId: number;
  /** When the performance starts. */
  startAt: string;
  seatId: number;
  section: string | null;
  row: string | null;
  seatNumber: number;
  price: number;
  state: 'held' | 'paid' | 'expired' | 'cancelled' | 'refunded';
  holdExpiresAt: string;
  createdAt: string;
}

export interface Payment {
  id: number;
  bookingId: number;
  seatId: number;
  price: number;
  kind: 'payment' | 'refund';
  /** The balance afterwards. */
  balance: number;
  createdAt: string;
}

/** A place in the waiting queue, as its own user sees it. */
export interface QueueEntry {
  number: number;
  state: 'waiting' | 'active' | 'ended';
  /** 1 for the next to be admitted, 0 once active. */
  position: number;
  /** How many wait in all. */
  waiting: number;
  estimatedWaitSeconds: number;
  queueToken: string | null;
  expiresAt: string | null;
  /** Operators have paused the admission. */
  isPaused: boolean;
  /** No seat is left to sell, so admission stops. */
  isSoldOut: boolean;
  /** Of the concert that was asked for. */
  stock?: { concertId: number; available: number; held: number } | undefined;
}

export interface Balance {
  balance: number;
}

export interface PointHistoryLine {
  id: number;
  kind: 'charge' | 'use' | 'refund';
  amount: number;
  /** The balance afterwards. */
  balance: number;
  createdAt: string;
}
