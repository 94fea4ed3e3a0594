/**
 * One schedule's seats in memory. The fixed attributes are read once; the states are reread while clients request them.
 * Concurrent requests share one refresh, the body built from it, and its compression.
 */
import type { Seat } from '../../commands/schemas/resources.ts';
import type { FixedSeat, FoundIds } from '../../db/reads/places/seats.ts';
import { CachedBody } from '../cached-body.ts';
import type { WireEvent } from '../events/wire-event.ts';
import { SharedRead } from '../reads/shared-read.ts';
import { type Availability, resetBytes, toAvailability, toReset } from './availability.ts';
import { OtherSeats, SeatDetails } from './seat-details.ts';
import { changesBetween } from './seat-states.ts';
import { SeatsInState } from './seats-in-state.ts';
import { VersionHistory } from './version-history.ts';

/** Up to this size a refresh is cheap enough to run for every request. */
const ALWAYS_FRESH_SEATS = 2000;
/** The interval between refreshes of larger schedules, in ms; at least COST_FACTOR times the cost of the last one. */
const REFRESH_MS = 200;
const COST_FACTOR = 4;
/** The maximum age of the states served, in ms. Up to it, the last map is served while the next one is being built. */
const SHOWN_MS_MAX = 700;

export interface ModelDeps {
  scheduleId: number;
  seats: readonly FixedSeat[];
  readStates(): Promise<string>;
  /** Reads the ids of the seats in one state, in ascending order. */
  readIds(state: Seat['state']): Promise<FoundIds>;
  /** Called once per new version. @param makeEvent builds the event for the listeners */
  onStep(makeEvent: () => WireEvent): void;
}

export class ScheduleModel {
  readonly #deps: Omit<ModelDeps, 'seats'>;
  readonly #history: VersionHistory;
  readonly #details: SeatDetails;
  readonly #refreshes = new SharedRead(() => this.#refresh());
  readonly #inState = new Map<Seat['state'], SeatsInState>();
  #states = '';
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #costMs = 0;
  #built: { version: number; map: Promise<CachedBody> } | undefined;
  /** The latest version that is served, and when its states were last confirmed. */
  #shown: { version: number; map: CachedBody; seenAt: number } | undefined;
  #packed: { version: number; availability: Availability; reset: WireEvent } | undefined;

  constructor({ seats, ...deps }: ModelDeps) {
    this.#deps = deps;
    this.#history = new VersionHistory(resetBytes(deps.scheduleId, seats.length));
    this.#details = new SeatDetails(deps.scheduleId, seats);
  }

  get ids(): readonly number[] {
    return this.#details.ids;
  }

  /** The states of all seats. */
  get availability(): Availability {
    return this.#pack().availability;
  }

  /** The event with all states, for clients that cannot resume from their version. */
  get reset(): WireEvent {
    return this.#pack().reset;
  }

  get isSmall(): boolean {
    return this.ids.length <= ALWAYS_FRESH_SEATS;
  }

  /** Whether it has read states, and told them. */
  get hasStates(): boolean {
    return this.#history.version > 0;
  }

  /** The tag of the current version. */
  get tag(): string {
    return this.#history.tag;
  }

  /**
   * Resolves when the states are fresh enough for a request that arrives now.
   * @param onWait called if the request has to wait for PostgreSQL
   */
  async freshen(onWait?: () => void): Promise<void> {
    if (this.isSmall) {
      onWait?.();
      return this.#refreshes.fresh();
    }
    const ageMs = performance.now() - this.#refreshedAt;
    if (ageMs < Math.max(REFRESH_MS, COST_FACTOR * this.#costMs)) return;
    const refreshing = this.#refreshes.any();
    if (this.#history.version === 0 || ageMs > SHOWN_MS_MAX) {
      onWait?.();
      await refreshing;
    } else refreshing.catch(() => undefined);
  }

  /** Resolves when the read is over that `freshen` may have begun without waiting for it. */
  async settled(): Promise<void> {
    await this.#refreshes.inFlight;
  }

  /** The current version's map, or the previous one if it is recent enough and the current one is still being built. */
  map(): Promise<CachedBody> {
    if (this.#built?.version !== this.#history.version) {
      this.#built = { version: this.#history.version, map: this.#build() };
    }
    const { map } = this.#built;
    const shown = this.#shown;
    if (this.isSmall || !shown || performance.now() - shown.seenAt > SHOWN_MS_MAX) return map;
    map.catch(() => undefined);
    return Promise.resolve(shown.map);
  }

  /** The map of only those seats that are in one state. @param onWait called if the request has to wait for PostgreSQL */
  inState(state: Seat['state'], onWait?: () => void): Promise<CachedBody> {
    const known = this.#inState.get(state);
    if (known) return known.map(onWait);
    const seats = new SeatsInState({
      name: `${this.#deps.scheduleId} ${state}`,
      readIds: () => this.#deps.readIds(state),
      toBody: (found) => this.#details.inState(found, state),
      isAlwaysFresh: this.isSmall,
    });
    this.#inState.set(state, seats);
    return seats.map(onWait);
  }

  /** The events from a version to the current one, or a `reset` if that version is unknown or too far behind. */
  eventsSince(tag: string | undefined): readonly WireEvent[] {
    return this.#history.eventsSince(tag) ?? [this.reset];
  }

  async #refresh(): Promise<void> {
    const started = performance.now();
    const states = await this.#deps.readStates();
    if (states.length !== this.ids.length) throw new OtherSeats();
    this.#refreshedAt = performance.now();
    this.#costMs = this.#refreshedAt - started;
    if (states === this.#states) {
      if (this.#shown?.version === this.#history.version) this.#shown.seenAt = started;
      return;
    }
    const changes = changesBetween(this.#states, states, this.ids);
    this.#states = states;
    const step = this.#history.advance(changes);
    // Listeners of an evicted model hold its states, and no step leads from there to this model's first version.
    this.#deps.onStep(() => step ?? this.reset);
  }

  /** The packed states and their `reset` event, built once per version. */
  #pack(): { availability: Availability; reset: WireEvent } {
    if (this.#packed?.version === this.#history.version) return this.#packed;
    const availability = toAvailability(this.#deps.scheduleId, this.tag, this.#states);
    const reset = toReset(availability);
    this.#packed = { version: this.#history.version, availability, reset };
    return this.#packed;
  }

  async #build(): Promise<CachedBody> {
    const [version, seenAt, started] = [
      this.#history.version,
      this.#refreshedAt,
      performance.now(),
    ];
    const etag = `W/"${this.#deps.scheduleId}.${this.tag}"`;
    const states = this.#states;
    const map = new CachedBody({ body: () => this.#details.all(states), etag });
    // Compress before publishing: clients that took the previous version compressed will request this one so too.
    if (!this.isSmall && this.#shown?.map.isCompressed) await map.gzipped();
    if (!this.#shown || this.#shown.version < version) this.#shown = { version, map, seenAt };
    this.#costMs += performance.now() - started;
    return map;
  }
}
