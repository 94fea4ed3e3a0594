/** Reads what is on sale: concerts, schedules, seats, areas and draws. */

import type { EventOptions, SaleEvent } from './api/catalogue/events.ts';
import type { Draw, DrawnPlace, ScheduleOptions } from './api/inputs.ts';
import type { PublicSettings } from './api/payments.ts';
import type { Area, Concert, Schedule, Seat, WaitingQueue } from './api/resources.ts';
import { watchAreas } from './api/seats/area-changes.ts';
import type { StreamDeps, StreamOptions } from './api/seats/schedule-stream.ts';
import { type SeatChangesOptions, watchSeats } from './api/seats/seat-changes.ts';
import type { SeatChange, SeatState } from './api/seats/seat-states.ts';
import type { CallOptions, PageOptions } from './options.ts';
import { BaseClient } from './transport/base-client.ts';
import { eachItem, type Page } from './transport/pages.ts';

/** The part of the client that reads what is on sale. `CardClient` extends it. */
export abstract class CatalogueClient extends BaseClient {
  /** The rules of the sale: holds, refunds, ways to pay. */
  settings(options: CallOptions = {}): Promise<PublicSettings> {
    return this.read('/settings', options);
  }

  /** Newest first. */
  concerts(options: PageOptions = {}): Promise<Page<Concert>> {
    return this.list('/concerts', options);
  }

  eachConcert(options: PageOptions = {}): AsyncGenerator<Concert, void, undefined> {
    return eachItem((page) => this.concerts(page), options);
  }

  /** The concerts with a date to come, by their next date. */
  events(options: EventOptions = {}): Promise<Page<SaleEvent>> {
    return this.list('/events', options);
  }

  eachEvent(options: EventOptions = {}): AsyncGenerator<SaleEvent, void, undefined> {
    return eachItem((page) => this.events(page), options);
  }

  concert(concertId: number, options: CallOptions = {}): Promise<Concert> {
    return this.read(`/concerts/${concertId}`, options);
  }

  /** The waiting queues, by id. */
  queues(options: PageOptions = {}): Promise<Page<WaitingQueue>> {
    return this.list('/queues', options);
  }

  eachQueue(options: PageOptions = {}): AsyncGenerator<WaitingQueue, void, undefined> {
    return eachItem((page) => this.queues(page), options);
  }

  /** @throws ApiProblem QUEUE_NOT_FOUND */
  queueById(queueId: number, options: CallOptions = {}): Promise<WaitingQueue> {
    return this.read(`/queues/${queueId}`, options);
  }

  /** The draw of a concert: the hash of its seed before the draw, and the seed afterwards. */
  draw(concertId: number, options: CallOptions = {}): Promise<Draw> {
    return this.read(`/concerts/${concertId}/draw`, options);
  }

  /** The entries of a draw, sorted by their new numbers. */
  drawnPlaces(concertId: number, options: PageOptions = {}): Promise<Page<DrawnPlace>> {
    return this.list(`/concerts/${concertId}/draw/places`, options);
  }

  /** A draw by its id, also one that was cancelled. @throws ApiProblem DRAW_NOT_FOUND */
  drawById(drawId: number, options: CallOptions = {}): Promise<Draw> {
    return this.read(`/draws/${drawId}`, options);
  }

  /** The entries of a draw that is named by its id. */
  drawnPlacesById(drawId: number, options: PageOptions = {}): Promise<Page<DrawnPlace>> {
    return this.list(`/draws/${drawId}/places`, options);
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

  /** The areas of a schedule (standing room, free seating) with their counts of places. */
  async areas(scheduleId: number, options: CallOptions = {}): Promise<Area[]> {
    const path = `/concerts/schedules/${scheduleId}/areas`;
    return (await this.read<{ items: Area[] }>(path, options)).items;
  }

  /** Yields all seats with their states, then each change. Ends with `break` or when the signal is aborted. */
  seatChanges(
    scheduleId: number,
    options: SeatChangesOptions = {},
  ): AsyncGenerator<SeatChange[], void, undefined> {
    const seats = (id: number, call: CallOptions) => this.seats(id, call);
    return watchSeats({ ...this.#streamDeps, seats }, scheduleId, options);
  }

  /**
   * Yields all areas with their counts, then those that change; for a schedule without areas an empty list, once. To watch seats
   * too, use `seatChanges` with `onAreas`: it needs one stream for both.
   */
  areaChanges(
    scheduleId: number,
    options: StreamOptions = {},
  ): AsyncGenerator<Area[], void, undefined> {
    return watchAreas(this.#streamDeps, scheduleId, options);
  }

  get #streamDeps(): StreamDeps {
    return { retryPolicy: this.retryPolicy, headers: () => this.waitingQueue.headers };
  }
}
