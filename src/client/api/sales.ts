/** What operators read about sales, orders, users and calls to payment providers. */
import type { CallOptions, PageOptions } from '../options.ts';
import type { Area, Order, PointHistoryLine } from './resources.ts';

/** The sales of one performance. Amounts are in points, or in minor units of the currency: one is one point. */
export interface Sales {
  scheduleId: number;
  concertId: number;
  concertTitle: string;
  startAt: string;
  /** When the performance was cancelled; null if it takes place. */
  cancelledAt: string | null;
  cancelReason: string | null;
  /** A hold whose grace period has expired counts as available. */
  seats: { available: number; held: number; sold: number; blocked: number };
  areas: Area[];
  /** The orders that were paid, those refunded since included. */
  orders: number;
  /** What was paid, before refunds. */
  revenue: number;
  /** What of it was refunded. */
  refunded: number;
  /** The tickets that were used. */
  entered: number;
}

/** The sales of one section, area, category or price. */
export interface SalesGroup {
  /** The section, the area or the hall's category; null for seats without a section, and for a price. */
  name: string | null;
  /** The area; null for seats, and for a category or a price. */
  areaId: number | null;
  /** null for a section or an area, and for a category with several prices. */
  price: number | null;
  available: number;
  held: number;
  sold: number;
  blocked: number;
  /** What was paid, before refunds. */
  revenue: number;
  refunded: number;
}

export interface SalesGroupOptions extends CallOptions {
  /** `category`: those of the hall, or the prices if there is no hall. Default: `section`. */
  by?: 'section' | 'category' | undefined;
}

/** The sales of one hour or day. */
export interface SalesStep {
  /** Its first moment. */
  from: string;
  /** The places that were paid. */
  sold: number;
  /** What was paid, before refunds. */
  revenue: number;
  /** The places that were refunded. */
  returned: number;
  /** What was refunded. */
  refunded: number;
}

export interface SalesSeries {
  /** The venue's time zone, by its IANA name. Hours and days begin by its clock. */
  timeZone: string;
  /** The oldest first. An hour that exists twice at the end of summer time is one step. */
  items: SalesStep[];
}

export interface SalesSeriesOptions extends CallOptions {
  /** Default: `day`. */
  step?: 'hour' | 'day' | undefined;
}

/** An order as operators see it. */
export interface FoundOrder extends Order {
  /** The user. */
  subject: string;
}

/** What an order must match; one of `user`, `orderId`, `seatId` and `scheduleId` at least. */
export interface OrderSearch extends PageOptions {
  /** The subject of its user. */
  user?: string | undefined;
  orderId?: number | undefined;
  /** A seat of one of its bookings, also of those that have ended. */
  seatId?: number | undefined;
  scheduleId?: number | undefined;
  /** The number of a seat of the performance `scheduleId`; `section` and `row` narrow it down. */
  seatNumber?: number | undefined;
  section?: string | undefined;
  row?: string | undefined;
  state?: Order['state'] | undefined;
}

/** One line of an order's story. */
export interface StoryLine {
  at: string;
  kind: 'command' | 'payment' | 'checkout' | 'refund' | 'ticket' | 'check-in' | 'operator';
  event:
    | ('placed' | 'paid' | 'refunded' | 'place-ended' | 'entered')
    | ('checkout-begun' | 'checkout-settled' | 'card-refund-begun' | 'card-refund-ended')
    | ('operator-command' | 'performance-cancelled');
  /** An English sentence. */
  text: string;
  /** The command behind it; null if none is known. */
  jobId: string | null;
  /** Its name. Users' commands are known for as long as outcomes are kept. */
  command: string | null;
  /** The subject of who sent it; null for a command of the system. */
  who: string | null;
  bookingId: number | null;
  /** In points or minor units of the currency. */
  amount: number | null;
  /** A state, a gate, or the reason that an operator gave. */
  detail: string | null;
}

export interface OrderStory {
  order: Order;
  /** The user. */
  subject: string;
  /** By time, at most 500 lines. */
  story: StoryLine[];
}

export interface UserAccount {
  subject: string;
  /** The name claim of the user's first access token. */
  name: string | null;
  createdAt: string;
  /** In points. */
  balance: number;
  /** The newest 20. */
  orders: Order[];
  /** The newest 20 changes of the balance. */
  history: PointHistoryLine[];
}

/** A call to a payment provider that is still owed. */
export interface OwedCall {
  id: number;
  kind: 'open' | 'look' | 'refund';
  checkoutId: number;
  /** null for a top-up. */
  orderId: number | null;
  /** null unless it asks for a refund. */
  refundId: number | null;
  /** How often it was given to a worker, which tries it several times. */
  offers: number;
  /** No answer after ten offers. */
  isDead: boolean;
  /** When it is offered next. */
  nextAt: string;
  createdAt: string;
}

export interface OwedCallOptions extends PageOptions {
  /** `dead`: without an answer after ten offers. Default: all. */
  state?: 'dead' | undefined;
}
