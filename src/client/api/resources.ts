/**
 * The types of the API's resources. They are hand-written so that the package has no dependencies; a test keeps them
 * equal to the API's schemas. Times are ISO 8601 in UTC; prices, amounts and balances are in points.
 */

import type { SeatKind } from './catalogue/halls.ts';

export type { Concert, Schedule } from './catalogue/concerts.ts';
export type { QueueEntry, WaitingQueue } from './queues.ts';

export interface Seat {
  id: number;
  section: string | null;
  row: string | null;
  number: number;
  price: number;
  state: 'available' | 'held' | 'sold';
  /** The index of its category in `categories` of its schedule; absent if it has none. */
  category?: number | undefined;
  /** Absent for most seats. */
  kind?: SeatKind | undefined;
  /** Present if operators have blocked the seat, whose state is then `held`. */
  isBlocked?: true | undefined;
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
  /** Of the venue, a name of the IANA database. Absent in results of commands, as is the next one. */
  timeZone?: string | undefined;
  venue?: string | null | undefined;
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
