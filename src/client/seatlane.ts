/** The client of one user, with a method for each of the API's routes for buyers. */

import type {
  BestAvailable,
  BookingOptions,
  Draw,
  DrawnPlace,
  HistoryOptions,
  Me,
  ScheduleOptions,
} from './api/inputs.ts';
import type {
  Balance,
  Booking,
  Concert,
  Payment,
  PointHistoryLine,
  QueueEntry,
  Schedule,
  Seat,
} from './api/resources.ts';
import { type SeatChangesOptions, watchSeats } from './api/seat-changes.ts';
import type { SeatChange, SeatState } from './api/seat-states.ts';
import type { AdmissionOptions, QueueOptions } from './api/waiting-queue.ts';
import type { CallOptions, CommandOptions, PageOptions } from './options.ts';
import { BaseClient } from './transport/base-client.ts';
import { eachItem, type Page } from './transport/pages.ts';

/**
 * Commands return their result, or throw `Refusal` (a rule refused the command), `CommandFailed`, `ApiProblem` (the
 * request was refused) or `Unreachable` (all retries failed). Reads throw the last two.
 */
export class Seatlane extends BaseClient {
  /** The user whom the access token names. */
  me(options: CallOptions = {}): Promise<Me> {
    return this.read('/users/me', options);
  }

  /** The queue token; undefined until the user is admitted. */
  get queueToken(): string | undefined {
    return this.waitingQueue.token;
  }

  /** Enters the waiting queue. An open entry is kept. */
  enterQueue(options?: CommandOptions): Promise<QueueEntry> {
    return this.waitingQueue.enter(options);
  }

  /** The user's open entry, or undefined if there is none. */
  queue(options?: QueueOptions): Promise<QueueEntry | undefined> {
    return this.waitingQueue.entry(options);
  }

  leaveQueue(options?: CommandOptions): Promise<QueueEntry> {
    return this.waitingQueue.leave(options);
  }

  /**
   * Waits until the user is admitted, and keeps the queue token for the calls that need it. Nobody is admitted while
   * `isPaused` or `isSoldOut` is true in the entry; pass a signal to stop waiting then.
   */
  untilAdmitted(options?: AdmissionOptions): Promise<QueueEntry> {
    return this.waitingQueue.untilAdmitted(options);
  }

  /** Newest first. */
  concerts(options: PageOptions = {}): Promise<Page<Concert>> {
    return this.list('/concerts', options);
  }

  eachConcert(options: PageOptions = {}): AsyncGenerator<Concert, void, undefined> {
    return eachItem((page) => this.concerts(page), options);
  }

  concert(concertId: number, options: CallOptions = {}): Promise<Concert> {
    return this.read(`/concerts/${concertId}`, options);
  }

  /** The draw of a concert: the hash of its seed before the draw, and the seed afterwards. */
  draw(concertId: number, options: CallOptions = {}): Promise<Draw> {
    return this.read(`/concerts/${concertId}/draw`, options);
  }

  /** The entries of a draw, sorted by their new numbers. */
  drawnPlaces(concertId: number, options: PageOptions = {}): Promise<Page<DrawnPlace>> {
    return this.list(`/concerts/${concertId}/draw/places`, options);
  }

  /** All schedules of a concert, sorted by start. They can be read without a queue token. */
  schedules(concertId: number, options: ScheduleOptions = {}): Promise<Page<Schedule>> {
    return this.listByTime(`/concerts/${concertId}/schedules`, options);
  }

  eachSchedule(
    concertId: number,
    options: ScheduleOptions = {},
  ): AsyncGenerator<Schedule, void, undefined> {
    return eachItem((page) => this.schedules(concertId, page), options);
  }

  /** The schedules that can be booked now. */
  bookableSchedules(concertId: number, options: ScheduleOptions = {}): Promise<Page<Schedule>> {
    return this.listByTime(`/concerts/${concertId}/schedules/bookable`, options);
  }

  eachBookableSchedule(
    concertId: number,
    options: ScheduleOptions = {},
  ): AsyncGenerator<Schedule, void, undefined> {
    return eachItem((page) => this.bookableSchedules(concertId, page), options);
  }

  /** All seats of a schedule, or those in one state, in the order of its ranges. */
  async seats(
    scheduleId: number,
    { state, ...options }: CallOptions & { state?: SeatState | undefined } = {},
  ): Promise<Seat[]> {
    const path = `/concerts/schedules/${scheduleId}/seats`;
    return (await this.read<{ items: Seat[] }>(path, options, { state })).items;
  }

  /** Yields all seats with their states, then each change. Ends with `break` or when the signal is aborted. */
  seatChanges(
    scheduleId: number,
    options: SeatChangesOptions = {},
  ): AsyncGenerator<SeatChange[], void, undefined> {
    const deps = {
      retryPolicy: this.retryPolicy,
      seats: (id: number, call: CallOptions) => this.seats(id, call),
      headers: () => this.waitingQueue.headers,
    };
    return watchSeats(deps, scheduleId, options);
  }

  /** Holds a seat. */
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

  /** Pays a held booking with points. The payment ends the user's session in the queue. */
  pay(bookingId: number, options?: CommandOptions): Promise<Payment> {
    return this.command({ method: 'POST', path: `/concerts/bookings/${bookingId}/pay` }, options);
  }

  /** Cancels a hold, or refunds a paid booking. */
  cancel(bookingId: number, options?: CommandOptions): Promise<Booking> {
    return this.command({ method: 'DELETE', path: `/concerts/bookings/${bookingId}` }, options);
  }

  points(options: CallOptions = {}): Promise<Balance> {
    return this.read('/points', options);
  }

  /** Adds 1 to 10,000,000 points. @returns the new balance */
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
