/**
 * The areas of the schedules that clients watch. All streams of a schedule share one read and one event. An event carries
 * counts and no differences, so every stream begins with all areas, and events of areas need no version to resume from.
 */
import type { Area } from '../../commands/schemas/resources.ts';
import { toEvent, type WireEvent } from '../events/wire-event.ts';
import { SharedRead } from '../reads/shared-read.ts';

/** A new stream takes what was read at most this long ago, in ms; the next refresh brings the rest. */
const READ_MS_MAX = 250;

export interface WatchedAreasDeps {
  /** Reads the areas of a schedule; undefined if it does not exist. */
  read(scheduleId: number): Promise<Area[] | undefined>;
  /** Called with the event of the areas that have changed since the last read. */
  onChange(scheduleId: number, event: WireEvent): void;
}

interface WatchedSchedule {
  reads: SharedRead<void>;
  /** By `performance.now()`. */
  readAt: number;
  /** Undefined until the first read. */
  items: readonly Area[] | undefined;
  /** The event with all areas, once a stream needs it; undefined after a change. */
  all: WireEvent | undefined;
}

export class WatchedAreas {
  readonly #deps: WatchedAreasDeps;
  readonly #schedules = new Map<number, WatchedSchedule>();

  constructor(deps: WatchedAreasDeps) {
    this.#deps = deps;
  }

  /** The event with all areas, with which a stream begins. From then on the schedule is watched. @returns undefined if there are none */
  async all(scheduleId: number): Promise<WireEvent | undefined> {
    const schedule = this.#schedules.get(scheduleId) ?? this.#watch(scheduleId);
    if (performance.now() - schedule.readAt > READ_MS_MAX && hasAreas(schedule)) {
      await this.#readFor(scheduleId, schedule);
    }
    // The last stream was closed, or a failover noticed, during the read: this schedule would not be refreshed.
    if (this.#schedules.get(scheduleId) !== schedule) return this.all(scheduleId);
    if (!hasAreas(schedule)) return undefined;
    schedule.all ??= eventOf(scheduleId, schedule.items ?? []);
    return schedule.all;
  }

  /** Reads a watched schedule again, unless it has no areas: they are only created with it. */
  async refresh(scheduleId: number): Promise<void> {
    const schedule = this.#schedules.get(scheduleId);
    if (schedule && hasAreas(schedule)) await schedule.reads.any();
  }

  /** Ends the watch of a schedule that has no streams any more. */
  forget(scheduleId: number): void {
    this.#schedules.delete(scheduleId);
  }

  forgetAll(): void {
    this.#schedules.clear();
  }

  async #readFor(scheduleId: number, schedule: WatchedSchedule): Promise<void> {
    try {
      await schedule.reads.any();
    } catch (error) {
      // No stream began yet, so nothing else would forget it.
      if (schedule.items === undefined) this.forget(scheduleId);
      throw error;
    }
  }

  #watch(scheduleId: number): WatchedSchedule {
    const schedule: WatchedSchedule = {
      reads: new SharedRead(() => this.#read(scheduleId, schedule)),
      readAt: Number.NEGATIVE_INFINITY,
      items: undefined,
      all: undefined,
    };
    this.#schedules.set(scheduleId, schedule);
    return schedule;
  }

  async #read(scheduleId: number, schedule: WatchedSchedule): Promise<void> {
    const startedAt = performance.now();
    const items = (await this.#deps.read(scheduleId)) ?? [];
    const before = schedule.items;
    schedule.readAt = startedAt;
    schedule.items = items;
    const changed = before ? items.filter((area, index) => isOther(area, before[index])) : [];
    if (changed.length === 0) return;
    schedule.all = undefined;
    // After a failover the streams end, and what was read before may be lost.
    if (this.#schedules.get(scheduleId) !== schedule) return;
    this.#deps.onChange(scheduleId, eventOf(scheduleId, changed));
  }
}

/** Whether a schedule has areas, or may have some because it was not read yet. */
function hasAreas({ items }: WatchedSchedule): boolean {
  return items === undefined || items.length > 0;
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
