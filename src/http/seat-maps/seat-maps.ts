/** The seat maps of a process: one model a schedule that somebody looks at, and those who listen to it. */
import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Seat } from '../../commands/resources.ts';
import type { FixedSeat } from '../../db/reads/seats.ts';
import { type Listener, toEvent } from './events.ts';
import { ScheduleModel, type Step } from './schedule-model.ts';
import type { SeatMap } from './seat-map.ts';

/** A million seats in all take about 150 MB; a model that nobody asks for is forgotten after a minute. */
const SEATS_REMEMBERED_MAX = 1_000_000;
const FORGOTTEN_MS = 60_000;
const WATCH_EVERY_MS = 250;

export interface SeatReads {
  fixedSeats(scheduleId: number): Promise<FixedSeat[] | undefined>;
  states(scheduleId: number): Promise<string>;
  idsInState(scheduleId: number, state: Seat['state']): Promise<number[]>;
}

/** All states of a schedule at one version. */
export interface Availability {
  scheduleId: number;
  version: string;
  seatCount: number;
  encoding: string;
  states: string;
}

const ENCODING = 'base64; 2 bits a seat in seat order, low bits first: 0 available, 1 held, 2 sold';

export class SeatMaps {
  readonly #reads: SeatReads;
  /** Tells versions of these models from those of others; a new one where all are forgotten. */
  #bootId = randomBytes(6).toString('base64url');
  readonly #models: LRUCache<number, ScheduleModel>;
  readonly #loading = new Map<number, Promise<ScheduleModel | undefined>>();
  readonly #listeners = new Map<number, Set<Listener>>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(reads: SeatReads) {
    this.#reads = reads;
    this.#models = new LRUCache({
      maxSize: SEATS_REMEMBERED_MAX,
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

  async availability(scheduleId: number): Promise<Availability | undefined> {
    const model = await this.#fresh(scheduleId);
    return model && toAvailability(scheduleId, model);
  }

  /**
   * Has `listener` told of every change from the version `since` on: the steps that it missed, or all
   * states where the process does not know them any more.
   * @returns what ends it, or undefined where there is no such schedule
   */
  async listen(
    scheduleId: number,
    since: string | undefined,
    listener: Listener,
  ): Promise<(() => void) | undefined> {
    const model = await this.#fresh(scheduleId);
    if (!model) return undefined;
    const missed = since === undefined ? undefined : model.stepsSince(since);
    if (missed) for (const step of missed) listener.send(this.#toEvent(step));
    else listener.send(toEvent('reset', model.tag, toAvailability(scheduleId, model)));
    // The process may have begun to stop while the states were read.
    if (this.#isStopped) listener.end();
    const listeners = this.#listeners.get(scheduleId) ?? new Set();
    this.#listeners.set(scheduleId, listeners.add(listener));
    this.#timer ??= setInterval(() => this.#refreshWatched(), WATCH_EVERY_MS).unref();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(scheduleId);
    };
  }

  /** PostgreSQL may have gone back in time: models are loaded anew, and listeners come back for all states. */
  forgetAll(): void {
    this.#bootId = randomBytes(6).toString('base64url');
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

  get listening(): number {
    return [...this.#listeners.values()].reduce((sum, listeners) => sum + listeners.size, 0);
  }

  async #fresh(scheduleId: number): Promise<ScheduleModel | undefined> {
    const model = await this.#model(scheduleId);
    await model?.freshen();
    return model;
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
      bootId: this.#bootId,
      seats,
      readStates: () => this.#reads.states(scheduleId),
      readIds: (state) => this.#reads.idsInState(scheduleId, state),
      onStep: (step) => this.#tell(scheduleId, step),
    });
    this.#models.set(scheduleId, model);
    return model;
  }

  /** One refresh a schedule, however many listen; errors are left to the next turn. */
  #refreshWatched(): void {
    for (const scheduleId of this.#listeners.keys()) {
      this.#fresh(scheduleId).catch(() => undefined);
    }
  }

  #tell(scheduleId: number, step: Step): void {
    const listeners = this.#listeners.get(scheduleId);
    if (!listeners) return;
    const event = this.#toEvent(step);
    for (const listener of listeners) listener.send(event);
  }

  #toEvent({ version, changes }: Step): Uint8Array {
    const tag = `${this.#bootId}.${version}`;
    return toEvent('seats', tag, { version: tag, changes });
  }
}

function toAvailability(scheduleId: number, model: ScheduleModel): Availability {
  const seatCount = model.ids.length;
  return {
    scheduleId,
    version: model.tag,
    seatCount,
    encoding: ENCODING,
    states: model.packedStates,
  };
}
