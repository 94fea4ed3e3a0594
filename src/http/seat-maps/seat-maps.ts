/** The seat maps of a process: one model a schedule that somebody looks at, and those who listen to it. */
import { LRUCache } from 'lru-cache';
import type { Seat } from '../../commands/schemas/resources.ts';
import type { FixedSeat } from '../../db/reads/seats.ts';
import type { WireEvent } from '../events/wire-event.ts';
import type { Availability } from './availability.ts';
import { OperatorsMaps } from './operators-maps.ts';
import { OtherSeats, ScheduleModel } from './schedule-model.ts';
import type { SeatMap } from './seat-map.ts';

/** A million seats in all take about 150 MB; a model that nobody asks for is forgotten after a minute. */
const SEATS_REMEMBERED_MAX = 1_000_000;
const FORGOTTEN_MS = 60_000;
const WATCH_EVERY_MS = 250;
/** Schedules whose maps for operators are remembered. */
const OPERATORS_SCHEDULES_MAX = 1000;

export interface SeatReads {
  fixedSeats(scheduleId: number): Promise<FixedSeat[] | undefined>;
  states(scheduleId: number): Promise<string>;
  idsInState(scheduleId: number, state: Seat['state']): Promise<number[]>;
  /** Of the blocked seats, by seat id. */
  blockedReasons(scheduleId: number): Promise<Map<number, string>>;
}

/** Somebody to whom a schedule's changes are sent. */
export interface Listener {
  send(event: WireEvent): void;
  /** The process stops. */
  end(): void;
  /** Nothing more is sent to it. */
  readonly isClosed: boolean;
}

export class SeatMaps {
  readonly #reads: SeatReads;
  readonly #models: LRUCache<number, ScheduleModel>;
  readonly #operators = new LRUCache<number, OperatorsMaps>({ max: OPERATORS_SCHEDULES_MAX });
  readonly #loading = new Map<number, Promise<ScheduleModel | undefined>>();
  readonly #listeners = new Map<number, Set<Listener>>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** @param seatsMax of all models together; those that nobody has asked for longest are forgotten first */
  constructor(reads: SeatReads, seatsMax = SEATS_REMEMBERED_MAX) {
    this.#reads = reads;
    this.#models = new LRUCache({
      maxSize: seatsMax,
      sizeCalculation: (model) => Math.max(1, model.ids.length),
      ttl: FORGOTTEN_MS,
      updateAgeOnGet: true,
    });
  }

  /** All seats, or undefined where there is no such schedule. */
  async all(scheduleId: number): Promise<SeatMap | undefined> {
    const model = await this.#fresh(scheduleId);
    return model?.map();
  }

  /** The seats in one state, or undefined where there is no such schedule. */
  async inState(scheduleId: number, state: Seat['state']): Promise<SeatMap | undefined> {
    const model = await this.#model(scheduleId);
    return model?.inState(state);
  }

  /** A map of the schedule as operators see it. */
  forOperators(scheduleId: number, map: SeatMap): Promise<SeatMap> {
    const maps =
      this.#operators.get(scheduleId) ??
      new OperatorsMaps(() => this.#reads.blockedReasons(scheduleId));
    this.#operators.set(scheduleId, maps);
    return maps.of(map);
  }

  async availability(scheduleId: number): Promise<Availability | undefined> {
    const model = await this.#fresh(scheduleId);
    return model?.availability;
  }

  /**
   * Has `listener` told of every change from the version `since` on, until it is closed: the steps that it missed, or all
   * states where the process does not know them any more.
   * @returns false where there is no such schedule
   */
  async listen(
    scheduleId: number,
    since: string | undefined,
    listener: Listener,
  ): Promise<boolean> {
    const model = await this.#fresh(scheduleId);
    if (!model) return false;
    for (const event of model.eventsSince(since)) listener.send(event);
    // The process may have begun to stop while the states were read.
    if (this.#isStopped) listener.end();
    const listeners = this.#listeners.get(scheduleId) ?? new Set();
    this.#listeners.set(scheduleId, listeners.add(listener));
    this.#timer ??= setInterval(() => this.#refreshWatched(), WATCH_EVERY_MS).unref();
    return true;
  }

  /** PostgreSQL may have gone back in time: models are loaded anew, and listeners come back for all states. */
  forgetAll(): void {
    this.#models.clear();
    this.#loading.clear();
    this.#endAll();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.#endAll();
  }

  #endAll(): void {
    for (const listeners of this.#listeners.values()) {
      for (const listener of listeners) listener.end();
    }
  }

  async #fresh(scheduleId: number): Promise<ScheduleModel | undefined> {
    const model = await this.#model(scheduleId);
    try {
      await model?.freshen();
      return model;
    } catch (error) {
      if (!(error instanceof OtherSeats)) throw error;
      // A model that somebody loaded meanwhile is fresh.
      if (this.#models.get(scheduleId) === model) this.#models.delete(scheduleId);
      const again = await this.#model(scheduleId);
      await again?.freshen();
      return again;
    }
  }

  async #model(scheduleId: number): Promise<ScheduleModel | undefined> {
    return this.#models.get(scheduleId) ?? this.#load(scheduleId);
  }

  #load(scheduleId: number): Promise<ScheduleModel | undefined> {
    const shared = this.#loading.get(scheduleId);
    if (shared) return shared;
    const loading = this.#makeModel(scheduleId).finally(() => this.#loading.delete(scheduleId));
    this.#loading.set(scheduleId, loading);
    return loading;
  }

  async #makeModel(scheduleId: number): Promise<ScheduleModel | undefined> {
    const seats = await this.#reads.fixedSeats(scheduleId);
    if (!seats) return undefined;
    const model = new ScheduleModel({
      scheduleId,
      seats,
      readStates: () => this.#reads.states(scheduleId),
      readIds: (state) => this.#reads.idsInState(scheduleId, state),
      onStep: (makeEvent) => this.#tell(scheduleId, makeEvent),
    });
    this.#models.set(scheduleId, model);
    return model;
  }

  /** One refresh a schedule, however many listen; errors are left to the next turn. */
  #refreshWatched(): void {
    for (const [scheduleId, listeners] of this.#listeners) {
      for (const listener of listeners) if (listener.isClosed) listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(scheduleId);
      else this.#fresh(scheduleId).catch(() => undefined);
    }
  }

  #tell(scheduleId: number, makeEvent: () => WireEvent): void {
    const listeners = this.#listeners.get(scheduleId);
    if (!listeners) return;
    const event = makeEvent();
    for (const listener of listeners) listener.send(event);
  }
}
