/**
 * The types of the API's resources. They are hand-written so that the package has no dependencies; a test keeps them
 * equal to the API's schemas. Times are ISO 8601 in UTC; prices, amounts and balances are in points.
 */

export interface Concert {
  id: number;
  title: string;
  description: string | null;
  createdAt: string;
  /** The waiting queue that admits to it. */
  queueId: number;
}

export interface Schedule {
  id: number;
  concertId: number;
  bookingStartAt: string;
  bookingEndAt: string;
  startAt: string;
  endAt: string;
  seatCount: number;
  /** Absent in outcomes of version 0.2.0 and older. */
  state?: 'scheduled' | 'cancelled' | undefined;
  /** Present in the list of bookable schedules. */
  availableCount?: number | undefined;
  /** Present in the list of all schedules of a concert. */
  saleState?: 'upcoming' | 'open' | 'ended' | undefined;
}

export interface Seat {
  id: number;
  section: string | null;
  row: string | null;
  number: number;
  price: number;
  state: 'available' | 'held' | 'sold';
  /** Present in responses to operators: why the seat is blocked, or null. */
  blockedReason?: string | null | undefined;
}

/** Standing room or free seating, whose places have no numbers. */
export interface Area {
  id: number;
  name: string;
  price: number;
  capacity: number;
  available: number;
  held: number;
  sold: number;
}

export interface Booking {
  id: number;
  orderId: number;
  concertId: number;
  concertTitle: string;
  scheduleId: number;
  /** When the performance starts. */
  startAt: string;
  /** null for a seat. */
  areaId: number | null;
  areaName: string | null;
  /** null for a place of an area, as are the next three. */
  seatId: number | null;
  section: string | null;
  row: string | null;
  seatNumber: number | null;
  price: number;
  state: 'held' | 'paid' | 'expired' | 'cancelled' | 'refunded';
  holdExpiresAt: string;
  createdAt: string;
}

/** The places that a user holds or has bought together. */
export interface Order {
  id: number;
  state: 'held' | 'paid' | 'expired' | 'cancelled' | 'refunded' | 'partly-refunded';
  concertId: number;
  scheduleId: number;
  /** The waiting queue with which the order was placed. */
  queueId: number;
  /** The prices of the held bookings, or what was paid. */
  total: number;
  holdExpiresAt: string;
  bookings: Booking[];
  createdAt: string;
  paidAt: string | null;
}

/** A paid order, with the balance after the payment. */
export interface PaidOrder {
  order: Order;
  balance: number;
}

export interface Payment {
  id: number;
  bookingId: number;
  seatId: number | null;
  /** null for a seat. */
  areaId: number | null;
  price: number;
  kind: 'payment' | 'refund';
  /** The balance after the payment or refund. */
  balance: number;
  createdAt: string;
}

/** A waiting queue. Queue 1, the house queue, serves every concert without a queue of its own. */
export interface WaitingQueue {
  id: number;
  name: string;
  /** `paused`, `gathering` (until a draw) and `sold-out` queues admit no user. */
  state: 'paused' | 'gathering' | 'sold-out' | 'open';
  /** The concerts to which it admits; of the house queue the newest thousand. */
  concertIds: number[];
  /** Users per window. */
  admitLimit: number;
  admitWindowSeconds: number;
  maxActive: number;
  waiting: number;
  active: number;
  createdAt: string;
}

/** An entry of a waiting queue, as its user sees it. */
export interface QueueEntry {
  queueId: number;
  number: number;
  /** null in outcomes of version 0.2.0 and older. */
  enteredAt: string | null;
  state: 'waiting' | 'active' | 'ended';
  /** 1 for the next user to be admitted, 0 once active. */
  position: number;
  /** How many users are waiting in total. */
  waiting: number;
  /**
   * See `isWaitKnown`. While the queue is paused or sold out: the wait from the moment at which admission goes on. While a draw
   * is gathering: the time until the draw and the average wait after it.
   */
  estimatedWaitSeconds: number;
  /** false while no user is admitted, because the queue is paused, gathering or sold out. */
  isWaitKnown: boolean;
  /**
   * Set while waiting: a JWT that names the user, the queue, the number and the time of entry, and that anyone can verify with
   * the published key. It admits to nothing.
   */
  waitingTicket: string | null;
  queueToken: string | null;
  expiresAt: string | null;
  /** Operators have paused admission. */
  isPaused: boolean;
  /** Users gather for a draw, which will decide their order. */
  isGathering: boolean;
  /** All seats are sold, so no user is admitted. */
  isSoldOut: boolean;
  /** The seats of the concert that the request named. */
  stock?: { concertId: number; available: number; held: number } | undefined;
}

export interface Balance {
  balance: number;
}

export interface PointHistoryLine {
  id: number;
  kind: 'charge' | 'use' | 'refund';
  amount: number;
  /** The balance after the change. */
  balance: number;
  createdAt: string;
}

/** A card payment: of an order, or a top-up of points. */
export interface Checkout {
  id: number;
  /** null for a top-up. */
  orderId: number | null;
  provider: 'sandbox' | 'stripe';
  /** In minor units of the currency; one is one point. */
  amount: number;
  /** ISO 4217. */
  currency: string;
  /**
   * `opening`: the payment page is not there yet. `credited`: the money was added to the points, and paid no order. `refunding`,
   * `refunded`: it goes or went back to the card.
   */
  state:
    | ('opening' | 'open' | 'paid' | 'credited' | 'failed' | 'expired')
    | ('refunding' | 'refunded');
  /** The payment page; null until it is open. */
  redirectUrl: string | null;
  /** The end of the page. */
  expiresAt: string;
  createdAt: string;
}
