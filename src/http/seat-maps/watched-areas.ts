/**
 * The areas of the schedules that clients watch. One query reads those of all watched schedules, and all streams of a schedule
 * share one event. An event carries counts and no differences, so every stream begins with all areas, and events of areas need
 * no version to resume from.
 */
import type { Area } from '../../commands/schemas/resources.ts';
import { toEvent, type WireEvent } from '../events/wire-event.ts';
import { SharedRead } from '../reads/shared-read.ts';

/** The pause after a refresh is at least this many times what it cost, so that it takes a fifth of the time at most. */
const COST_FACTOR = 4;

export interface WatchedAreasDeps {
  /** Reads the areas of schedules, by schedule and in the order of their ids. Schedules without areas are missing. */
  read(scheduleIds: readonly number[]): Promise<ReadonlyMap<number, readonly Area[]>>;
  /** Called with the event of the areas that have changed since the last refresh. */
  onChange(scheduleId: number, event: WireEvent): void;
}

interface WatchedSchedule {
  /** Undefined until the first read. */
  items: readonly Area[] | undefined;
  /** The ids of the areas that have changed since the streams were told. */
  changed: Set<number>;
  /** The event with all areas, once a stream needs it; undefined after a change. */
  all: WireEvent | undefined;
}

export class WatchedAreas {
  readonly #deps: WatchedAreasDeps;
  readonly #schedules = new Map<number, WatchedSchedule>();
  readonly #reads = new SharedRead(() => this.#read());
  /** By `performance.now()`. */
  #refreshedAt = Number.NEGATIVE_INFINITY;
  /** What the last refresh took, with sending its events, in ms. */
  #costMs = 0;

  constructor(deps: WatchedAreasDeps) {
    this.#deps = deps;
  }

  /** Watches a schedule from now on, and resolves when its areas were read after this call. */
  async ready(scheduleId: number): Promise<void> {
    const schedule = this.#schedules.get(scheduleId) ?? this.#watch(scheduleId);
    if (!hasAreas(schedule)) return;
    try {
      await this.#reads.fresh();
    } catch (error) {
      // No stream began yet, so nothing else would forget it.
      if (schedule.items === undefined && this.#schedules.get(scheduleId) === schedule) {
        this.forget(scheduleId);
      }
      throw error;
    }
  }

  /**
   * The event with all areas as they were read last, with which a stream begins.
   * @returns undefined if the schedule is not watched, or not any more: `ready` must be awaited first
   */
  event(scheduleId: number): WireEvent | undefined {
    const schedule = this.#schedules.get(scheduleId);
    if (!schedule?.items) return undefined;
    schedule.all ??= eventOf(scheduleId, schedule.items);
    return schedule.all;
  }

  /**
   * Reads all watched schedules that have areas, and sends what has changed. Streams are told here alone: new ones make the others
   * receive no more.
   */
  async refresh(): Promise<void> {
    const startedAt = performance.now();
    if (startedAt - this.#refreshedAt < COST_FACTOR * this.#costMs) return;
    if (![...this.#schedules.values()].some(hasAreas)) return;
    await this.#reads.any();
    for (const [scheduleId, schedule] of this.#schedules) this.#tell(scheduleId, schedule);
    this.#refreshedAt = performance.now();
    this.#costMs = this.#refreshedAt - startedAt;
  }

  /** Ends the watch of a schedule that has no streams any more. */
  forget(scheduleId: number): void {
    this.#schedules.delete(scheduleId);
  }

  /** Ends all watches after a failover: the streams end, and what was read may be lost. */
  forgetAll(): void {
    this.#schedules.clear();
  }

  #watch(scheduleId: number): WatchedSchedule {
    const schedule: WatchedSchedule = { items: undefined, changed: new Set(), all: undefined };
    this.#schedules.set(scheduleId, schedule);
    return schedule;
  }

  async #read(): Promise<void> {
    // A schedule without areas is not read again: they are only created with it.
    const watched = [...this.#schedules].filter(([, schedule]) => hasAreas(schedule));
    const found = await this.#deps.read(watched.map(([scheduleId]) => scheduleId));
    for (const [scheduleId, schedule] of watched) note(schedule, found.get(scheduleId) ?? []);
  }

  #tell(scheduleId: number, { items = [], changed }: WatchedSchedule): void {
    if (changed.size === 0) return;
    const told = items.filter(({ id }) => changed.has(id));
    changed.clear();
    this.#deps.onChange(scheduleId, eventOf(scheduleId, told));
  }
}

/** Whether a schedule has areas, or may have some because it was not read yet. */
function hasAreas({ items }: WatchedSchedule): boolean {
  return items === undefined || items.length > 0;
}

function note(schedule: WatchedSchedule, items: readonly Area[]): void {
  const before = schedule.items;
  schedule.items = items;
  const changed = before ? items.filter((area, index) => isOther(area, before[index])) : [];
  if (changed.length === 0) return;
  schedule.all = undefined;
  for (const { id } of changed) schedule.changed.add(id);
}

/** Areas are in the order of their ids, and only their counts change. */
function isOther(area: Area, before: Area | undefined): boolean {
  return (
    before === undefined ||
    area.id !== before.id ||
    area.available !== before.available ||
    area.held !== before.held ||
    area.sold !== before.sold
  );
}

function eventOf(scheduleId: number, items: readonly Area[]): WireEvent {
  return toEvent({ name: 'areas', data: { scheduleId, items } });
}
