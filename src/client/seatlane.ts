/** The client of one user, with a method for each of the API's routes for buyers. */

import type {
  BestAvailable,
  BookingOptions,
  HistoryOptions,
  Me,
  NewOrder,
  OrderOptions,
} from './api/inputs.ts';
import type {
  Balance,
  Booking,
  Order,
  PaidOrder,
  Payment,
  PointHistoryLine,
  QueueEntry,
} from './api/resources.ts';
import type { Ticket } from './api/tickets.ts';
import type { AdmissionOptions, EntryOptions, EntryReadOptions } from './api/waiting-queue.ts';
import { CardClient } from './card-payments.ts';
import type { CallOptions, CommandOptions } from './options.ts';
import { eachItem, type Page } from './transport/pages.ts';

/**
 * Commands return their result, or throw `Refusal` (a rule refused the command), `CommandFailed`, `ApiProblem` (the
 * request was refused) or `Unreachable` (all retries failed). Reads throw the last two.
 */
export class Seatlane extends CardClient {
  /** The user whom the access token names. */
  me(options: CallOptions = {}): Promise<Me> {
    return this.read('/users/me', options);
  }

  /** The queue token of the queue that admitted the user last; undefined until the user is admitted. */
  get queueToken(): string | undefined {
    return this.waitingQueue.token;
  }

  /**
   * Enters a waiting queue: the house queue, or the one that `queueId` names. An open entry is kept. A client sends the token
   * of the queue that admitted it last, so a user who shops in several queues at a time needs a client for each.
   */
  enterQueue(options?: EntryOptions): Promise<QueueEntry> {
    return this.waitingQueue.enter(options);
  }

  /** The user's open entry, or undefined if there is none. */
  queue(options?: EntryReadOptions): Promise<QueueEntry | undefined> {
    return this.waitingQueue.entry(options);
  }

  leaveQueue(options?: EntryOptions): Promise<QueueEntry> {
    return this.waitingQueue.leave(options);
  }

  /**
   * Waits until the user is admitted, and keeps the queue token for the calls that need it. Nobody is admitted while
   * `isWaitKnown` is false in the entry; pass a signal to stop waiting then.
   */
  untilAdmitted(options?: AdmissionOptions): Promise<QueueEntry> {
    return this.waitingQueue.untilAdmitted(options);
  }

  /**
   * Holds places of one schedule as one order, all or none. `error.problem.seatId` names the seat that was refused,
   * `error.problem.areaId` the area. The user's session in the queue lasts at least as long as the hold.
   */
  order(places: NewOrder, options?: CommandOptions): Promise<Order> {
    return this.command({ method: 'POST', path: '/orders', body: places }, options);
  }

  /** The user's orders with their bookings, newest first. */
  orders(options: OrderOptions = {}): Promise<Page<Order>> {
    return this.listByTime('/orders', options);
  }

  eachOrder(options: OrderOptions = {}): AsyncGenerator<Order, void, undefined> {
    return eachItem((page) => this.orders(page), options);
  }

  /** @throws ApiProblem ORDER_NOT_FOUND, also for another user's order */
  orderById(orderId: number, options: CallOptions = {}): Promise<Order> {
    return this.read(`/orders/${orderId}`, options);
  }

  /**
   * The tickets of one of the user's orders: one for each place that was paid. A gate scans their codes.
   * @throws ApiProblem ORDER_NOT_FOUND, also for another user's order
   */
  async tickets(orderId: number, options: CallOptions = {}): Promise<Ticket[]> {
    return (await this.read<{ items: Ticket[] }>(`/orders/${orderId}/tickets`, options)).items;
  }

  /** The code of a ticket as a QR code, an SVG document. @throws ApiProblem TICKET_NOT_FOUND, also for a revoked ticket */
  ticketQr(ticketId: number, options: CallOptions = {}): Promise<string> {
    return this.readText(`/tickets/${ticketId}/qr.svg`, options);
  }

  /** The performance of a paid order as a calendar file (iCalendar). */
  calendarEntry(orderId: number, options: CallOptions = {}): Promise<string> {
    return this.readText(`/orders/${orderId}/calendar.ics`, options);
  }

  /** Holds a seat, as an order of one. */
  book(seatId: number, options?: CommandOptions): Promise<Booking> {
    return this.command({ method: 'POST', path: `/concerts/seats/${seatId}/book` }, options);
  }

  /** Holds 1 to 10 seats of one schedule, all or none. `error.problem.seatId` names the seat that was refused. */
  bookSeats(seatIds: readonly number[], options?: CommandOptions): Promise<Booking[]> {
    return this.#bookTogether({ seatIds }, options);
  }

  /** Holds the best adjacent seats, or the cheapest if `prefer` says so. */
  bookBest(best: BestAvailable, options?: CommandOptions): Promise<Booking[]> {
    const { scheduleId, ...bestAvailable } = best;
    return this.#bookTogether({ scheduleId, bestAvailable }, options);
  }

  /** The user's bookings, newest first. */
  bookings(options: BookingOptions = {}): Promise<Page<Booking>> {
    return this.listByTime('/concerts/bookings', options);
  }

  eachBooking(options: BookingOptions = {}): AsyncGenerator<Booking, void, undefined> {
    return eachItem((page) => this.bookings(page), options);
  }

  /**
   * Pays a held order with points, as a whole. The payment ends the user's session in the queue, unless the user holds
   * another order. With INSUFFICIENT_POINTS, `error.problem.missing` says how many points are missing.
   */
  pay(order: Pick<Order, 'id' | 'bookings'>, options?: CommandOptions): Promise<PaidOrder>;
  /** Pays a held booking that is alone in its order. */
  pay(bookingId: number, options?: CommandOptions): Promise<Payment>;
  pay(
    what: Pick<Order, 'id' | 'bookings'> | number,
    options?: CommandOptions,
  ): Promise<PaidOrder | Payment> {
    return this.command({ method: 'POST', path: `${pathOf(what)}/pay` }, options);
  }

  /** Cancels a held order, or refunds what is left of a paid one. */
  cancel(order: Pick<Order, 'id' | 'bookings'>, options?: CommandOptions): Promise<Order>;
  /** Takes a booking out of its held order, or refunds it. */
  cancel(bookingId: number, options?: CommandOptions): Promise<Booking>;
  cancel(
    what: Pick<Order, 'id' | 'bookings'> | number,
    options?: CommandOptions,
  ): Promise<Order | Booking> {
    return this.command({ method: 'DELETE', path: pathOf(what) }, options);
  }

  points(options: CallOptions = {}): Promise<Balance> {
    return this.read('/points', options);
  }

  /** Adds 1 to 10,000,000 points without money, while the API allows it; else `topUp` buys them. @returns the new balance */
  charge(amount: number, options?: CommandOptions): Promise<Balance> {
    return this.command({ method: 'POST', path: '/points/charge', body: { amount } }, options);
  }

  /** Takes points from the balance. @returns the new balance */
  use(amount: number, options?: CommandOptions): Promise<Balance> {
    return this.command({ method: 'POST', path: '/points/use', body: { amount } }, options);
  }

  /** The changes of the user's points, newest first. */
  pointHistory(options: HistoryOptions = {}): Promise<Page<PointHistoryLine>> {
    return this.listByTime('/points/history', options);
  }

  eachPointHistoryLine(
    options: HistoryOptions = {},
  ): AsyncGenerator<PointHistoryLine, void, undefined> {
    return eachItem((page) => this.pointHistory(page), options);
  }

  async #bookTogether(body: object, options?: CommandOptions): Promise<Booking[]> {
    const command = { method: 'POST', path: '/concerts/bookings', body } as const;
    return (await this.command<{ bookings: Booking[] }>(command, options)).bookings;
  }
}

function pathOf(what: Pick<Order, 'id' | 'bookings'> | number): string {
  return typeof what === 'number' ? `/concerts/bookings/${what}` : `/orders/${what.id}`;
}
