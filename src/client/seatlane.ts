/** The client of one user: a method for everything that the API offers to buyers. */
import type {
  Balance,
  Booking,
  Concert,
  Payment,
  PointHistoryLine,
  QueueEntry,
  Schedule,
  Seat,
} from '../commands/resources.ts';
import { Caller } from './caller.ts';
import type { BestAvailable, Draw, DrawnPlace, HistoryOptions, Me } from './inputs.ts';
import type { CallOptions, CommandOptions, PageOptions } from './options.ts';
import { eachItem, type Page } from './pages.ts';
import type { AdmissionOptions, QueueOptions } from './queue.ts';
import { type SeatChangesOptions, watchSeats } from './seat-changes.ts';
import type { SeatChange, SeatState } from './seat-states.ts';

/**
 * Commands give their result, or throw `Refusal` (a rule said no), `CommandFailed`, `ApiProblem` (the request was
 * refused) or `Unreachable` (retries used up). Reads throw the last two.
 */
export class Seatlane extends Caller {
  /** Whom the access token names. */
  me(options: CallOptions = {}): Promise<Me> {
    return this.read('/users/me', options);
  }

  /** The queue token that came with the turn; undefined before. */
  get queueToken(): string | undefined {
    return this.places.token;
  }

  /** Takes a place. Who has one keeps it. */
  enterQueue(options?: CommandOptions): Promise<QueueEntry> {
    return this.places.enter(options);
  }

  /** The user's place; undefined where there is none. */
  queue(options?: QueueOptions): Promise<QueueEntry | undefined> {
    return this.places.look(options);
  }

  leaveQueue(options?: CommandOptions): Promise<QueueEntry> {
    return this.places.leave(options);
  }

  /**
   * Waits for the user's turn, and keeps the queue token for the calls that demand it. Nobody is admitted while
   * `place.isPaused` or `place.isSoldOut`: who does not want to wait then aborts.
   */
  untilAdmitted(options?: AdmissionOptions): Promise<QueueEntry> {
    return this.places.untilAdmitted(options);
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

  /** The draw of a concert's queue: the hash of its seed before, the seed itself after. */
  draw(concertId: number, options: CallOptions = {}): Promise<Draw> {
    return this.read(`/concerts/${concertId}/draw`, options);
  }

  /** The places of a draw, by their new numbers. */
  drawnPlaces(concertId: number, options: PageOptions = {}): Promise<Page<DrawnPlace>> {
    return this.list(`/concerts/${concertId}/draw/places`, options);
  }

  /** Those that can be booked now. */
  bookableSchedules(concertId: number, options: PageOptions = {}): Promise<Page<Schedule>> {
    return this.list(`/concerts/${concertId}/schedules/bookable`, options);
  }

  eachBookableSchedule(
    concertId: number,
    options: PageOptions = {},
  ): AsyncGenerator<Schedule, void, undefined> {
    return eachItem((page) => this.bookableSchedules(concertId, page), options);
  }

  /** All seats in the order of the hall, or those in one state. */
  async seats(
    scheduleId: number,
    { state, ...options }: CallOptions & { state?: SeatState | undefined } = {},
  ): Promise<Seat[]> {
    const path = `/concerts/schedules/${scheduleId}/seats`;
    return (await this.read<{ items: Seat[] }>(path, options, { state })).items;
  }

  /** First all seats with their states, then those that change; it goes on until `break` or abort. */
  seatChanges(
    scheduleId: number,
    options: SeatChangesOptions = {},
  ): AsyncGenerator<SeatChange[], void, undefined> {
    const deps = {
      patience: this.patience,
      seats: (id: number, call: CallOptions) => this.seats(id, call),
      headers: () => this.places.headers,
    };
    return watchSeats(deps, scheduleId, options);
  }

  /** Holds a seat. */
  book(seatId: number, options?: CommandOptions): Promise<Booking> {
    return this.command({ method: 'POST', path: `/concerts/seats/${seatId}/book` }, options);
  }

  /** Holds 1 to 10 seats of one schedule, all or none. `error.problem.seatId` names the one that was refused. */
  bookSeats(seatIds: readonly number[], options?: CommandOptions): Promise<Booking[]> {
    return this.#bookTogether({ seatIds }, options);
  }

  /** Holds the best free seats that are side by side, or the cheapest where that is preferred. */
  bookBest(best: BestAvailable, options?: CommandOptions): Promise<Booking[]> {
    const { scheduleId, ...bestAvailable } = best;
    return this.#bookTogether({ scheduleId, bestAvailable }, options);
  }

  /** One's own, newest first. */
  bookings(options: PageOptions = {}): Promise<Page<Booking>> {
    return this.list('/concerts/bookings', options);
  }

  eachBooking(options: PageOptions = {}): AsyncGenerator<Booking, void, undefined> {
    return eachItem((page) => this.bookings(page), options);
  }

  /** Pays a held booking with points. It ends one's turn. */
  pay(bookingId: number, options?: CommandOptions): Promise<Payment> {
    return this.command({ method: 'POST', path: `/concerts/bookings/${bookingId}/pay` }, options);
  }

  /** Gives a booking back: a hold is cancelled, a paid one refunded. */
  cancel(bookingId: number, options?: CommandOptions): Promise<Booking> {
    return this.command({ method: 'DELETE', path: `/concerts/bookings/${bookingId}` }, options);
  }

  points(options: CallOptions = {}): Promise<Balance> {
    return this.read('/points', options);
  }

  /** Adds points, 1 to 10,000,000. @returns the balance afterwards */
  charge(amount: number, options?: CommandOptions): Promise<Balance> {
    return this.command({ method: 'POST', path: '/points/charge', body: { amount } }, options);
  }

  /** Takes points off. @returns the balance afterwards */
  use(amount: number, options?: CommandOptions): Promise<Balance> {
    return this.command({ method: 'POST', path: '/points/use', body: { amount } }, options);
  }

  /** What changed one's points, newest first. */
  pointHistory({ from, to, ...options }: HistoryOptions = {}): Promise<Page<PointHistoryLine>> {
    const times = { from: timeOf(from), to: timeOf(to) };
    return this.list('/points/history', options, times);
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

function timeOf(given: Date | string | undefined): string | undefined {
  return given instanceof Date ? given.toISOString() : given;
}
