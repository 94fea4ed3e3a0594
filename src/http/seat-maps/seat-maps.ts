/** All seat maps of a process: one model per requested schedule, and the listeners of its changes. */
import { LRUCache } from 'lru-cache';
import type { Seat } from '../../commands/schemas/resources.ts';
import type { CachedBody } from '../cached-body.ts';
import type { Availability } from './availability.ts';
import { type Listener, Listeners } from './listeners.ts';
import { OperatorsMaps } from './operators-maps.ts';
import { ScheduleModel } from './schedule-model.ts';
import { OtherSeats } from './seat-details.ts';
import type { SeatReads } from './seat-reads.ts';
import { WatchedAreas } from './watched-areas.ts';

/** A million seats take about 150 MB. A model that is not requested is evicted after a minute. */
const SEATS_REMEMBERED_MAX = 1_000_000;
const EVICTED_AFTER_MS = 60_000;
/** Schedules whose operators' maps are cached. */
const OPERATORS_SCHEDULES_MAX = 1000;

export class SeatMaps {
  readonly #reads: SeatReads;
  readonly #models: LRUCache<number, ScheduleModel>;
  readonly #operators = new LRUCache<number, OperatorsMaps>({ max: OPERATORS_SCHEDULES_MAX });
  readonly #loading = new Map<number, Promise<ScheduleModel | undefined>>();
  readonly #areas: WatchedAreas;
  readonly #listeners: Listeners;
  #isStopped = false;

  /** @param seatsMax the limit of seats in all models together; the least recently used models are evicted first */
  constructor(reads: SeatReads, seatsMax = SEATS_REMEMBERED_MAX) {
    this.#reads = reads;
    this.#areas = new WatchedAreas({
      read: (scheduleIds) => reads.areas(scheduleIds),
      onChange: (scheduleId, event) => this.#listeners.broadcast(scheduleId, () => event),
    });
    this.#listeners = new Listeners({
      refresh: async (scheduleId) => (await this.#fresh(scheduleId))?.settled(),
      beginRound: () => this.#areas.refresh(),
      onLeft: (scheduleId) => this.#areas.forget(scheduleId),
    });
    this.#models = new LRUCache({
      maxSize: seatsMax,
      sizeCalculation: (model) => Math.max(1, model.ids.length),
      ttl: EVICTED_AFTER_MS,
      updateAgeOnGet: true,
    });
  }

  /**
   * The map of all seats; undefined if the schedule does not exist.
   * @param onWait called if the request has to wait for PostgreSQL, as in the methods below
   */
  async all(scheduleId: number, onWait?: () => void): Promise<CachedBody | undefined> {
    const model = await this.#fresh(scheduleId, onWait);
    return model?.map();
  }

  /** The map of the seats in one state; undefined if the schedule does not exist. */
  async inState(
    scheduleId: number,
    state: Seat['state'],
    onWait?: () => void,
  ): Promise<CachedBody | undefined> {
    return this.#use(scheduleId, (model) => model.inState(state, onWait), onWait);
  }

  /** The operators' version of a buyers' map. */
  forOperators(scheduleId: number, map: CachedBody): Promise<CachedBody> {
    const maps =
      this.#operators.get(scheduleId) ??
      new OperatorsMaps(() => this.#reads.blockedReasons(scheduleId));
    this.#operators.set(scheduleId, maps);
    return maps.of(map);
  }

  async availability(scheduleId: number, onWait?: () => void): Promise<Availability | undefined> {
    const model = await this.#fresh(scheduleId, onWait);
    return model?.availability;
  }

  /**
   * Sends every change after the version `since` to `listener` until it is closed. It starts with the changes of seats that the
   * listener missed, or with all states if the process no longer has those changes, and with all areas.
   * @returns false if the schedule does not exist
   */
  async listen(
    scheduleId: number,
    since: string | undefined,
    listener: Listener,
  ): Promise<boolean> {
    const model = await this.#fresh(scheduleId);
    if (!model) return false;
    await this.#areas.ready(scheduleId);
    // From here on nothing is awaited, so that no change falls between these events and the first one that is sent to all.
    const areas = this.#areas.event(scheduleId);
    // The last stream was closed, or a failover noticed, during the read: the schedule is not watched any more.
    if (!areas) return this.listen(scheduleId, since, listener);
    // A model that has replaced this one meanwhile has sent its states to the other listeners.
    const latest = this.#models.peek(scheduleId);
    const current = latest?.hasStates ? latest : model;
    for (const event of current.eventsSince(since)) listener.send(event);
    listener.send(areas);
    // The process may have started to stop while the states were being read.
    if (this.#isStopped) listener.end();
    this.#listeners.add(scheduleId, listener);
    return true;
  }

  /** Drops all models after a failover, which may have lost commits, and makes listeners reconnect for all states. */
  forgetAll(): void {
    this.#models.clear();
    this.#loading.clear();
    this.#areas.forgetAll();
    this.#listeners.endAll();
  }

  stop(): void {
    this.#isStopped = true;
    this.#listeners.stop();
  }

  #fresh(scheduleId: number, onWait?: () => void): Promise<ScheduleModel | undefined> {
    const freshen = async (model: ScheduleModel) => {
      await model.freshen(onWait);
      return model;
    };
    return this.#use(scheduleId, freshen, onWait);
  }

  /** Uses the model, or a new one if the schedule's seats differ from those in memory. */
  async #use<Used>(
    scheduleId: number,
    use: (model: ScheduleModel) => Promise<Used>,
    onWait?: () => void,
  ): Promise<Used | undefined> {
    const model = await this.#model(scheduleId, onWait);
    if (!model) return undefined;
    try {
      return await use(model);
    } catch (error) {
      if (!(error instanceof OtherSeats)) throw error;
      // Keep a model that another request has loaded in the meantime: it is fresh.
      if (this.#models.get(scheduleId) === model) this.#models.delete(scheduleId);
      const again = await this.#model(scheduleId);
      return again && use(again);
    }
  }

  async #model(scheduleId: number, onWait?: () => void): Promise<ScheduleModel | undefined> {
    const known = this.#models.get(scheduleId);
    if (!known) onWait?.();
    return known ?? this.#load(scheduleId);
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
      onStep: (makeEvent) => this.#listeners.broadcast(scheduleId, makeEvent),
    });
    this.#models.set(scheduleId, model);
    return model;
  }
}
