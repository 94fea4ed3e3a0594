/**
 * One schedule's seats in memory: what never changes is read once, the states again and again while
 * somebody looks. Whoever asks shares a refresh, the body that is built from it, and its compression.
 */
import type { Seat } from '../../commands/schemas/resources.ts';
import type { FixedSeat } from '../../db/reads/seats.ts';
import type { WireEvent } from '../events/wire-event.ts';
import { SharedRead } from '../reads/shared-read.ts';
import { type Availability, resetBytes, toAvailability, toReset } from './availability.ts';
import { SeatMap } from './seat-map.ts';
import { changesBetween, STATE_NAMES } from './seat-states.ts';
import { SeatsInState } from './seats-in-state.ts';
import { VersionHistory } from './version-history.ts';

/** Up to so many seats a refresh is cheap enough to make one for every moment that is asked for. */
const ALWAYS_FRESH_SEATS = 2000;
/** Larger schedules are refreshed so often, in ms, or after four times what a refresh costs. */
const REFRESH_MS = 200;
const COST_FACTOR = 4;
/** Until then what there is is shown while the next version is being made; nobody sees older states. */
const SHOWN_MS_MAX = 700;

export interface ModelDeps {
  scheduleId: number;
  seats: readonly FixedSeat[];
  readStates(): Promise<string>;
  /** Of the seats in one state, ascending. */
  readIds(state: Seat['state']): Promise<number[]>;
  /** Told of every step, once. @param makeEvent makes what those who listen must be sent */
  onStep(makeEvent: () => WireEvent): void;
}

/** The seats are not those that were read once: PostgreSQL has gone back in time, and the model is of no use any more. */
export class OtherSeats extends Error {
  override name = 'OtherSeats';
}

export class ScheduleModel {
  readonly #deps: ModelDeps;
  readonly #history: VersionHistory;
  readonly ids: readonly number[];
  /** Each seat's JSON up to its state. */
  readonly #beginnings: readonly string[];
  readonly #refreshes = new SharedRead(() => this.#refresh());
  readonly #inState = new Map<Seat['state'], SeatsInState>();
  #states = '';
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #costMs = 0;
  #built: { version: number; map: Promise<SeatMap> } | undefined;
  /** The last version whose body is ready, and when its states were last seen to be true. */
  #shown: { version: number; map: SeatMap; seenAt: number } | undefined;
  #packed: { version: number; availability: Availability; reset: WireEvent } | undefined;

  constructor(deps: ModelDeps) {
    this.#deps = deps;
    this.#history = new VersionHistory(resetBytes(deps.scheduleId, deps.seats.length));
    this.ids = deps.seats.map((seat) => seat.id);
    this.#beginnings = deps.seats.map((seat) => `${JSON.stringify(seat).slice(0, -1)},"state":"`);
  }

  /** The states of all seats. */
  get availability(): Availability {
    return this.#pack().availability;
  }

  /** The event that has all states, for those who cannot go on from what they know. */
  get reset(): WireEvent {
    return this.#pack().reset;
  }

  get isSmall(): boolean {
    return this.ids.length <= ALWAYS_FRESH_SEATS;
  }

  /** Names the present version. */
  get tag(): string {
    return this.#history.tag;
  }

  /** Resolves when the states are fresh enough for somebody who asks now. */
  async freshen(): Promise<void> {
    if (this.isSmall) return this.#refreshes.fresh();
    const ageMs = performance.now() - this.#refreshedAt;
    if (ageMs < Math.max(REFRESH_MS, COST_FACTOR * this.#costMs)) return;
    const refreshing = this.#refreshes.any();
    if (this.#history.version === 0 || ageMs > SHOWN_MS_MAX) await refreshing;
    else refreshing.catch(() => undefined);
  }

  /** The body of the present version, or of the one before while that is young and this one in the making. */
  map(): Promise<SeatMap> {
    if (this.#built?.version !== this.#history.version) {
      this.#built = { version: this.#history.version, map: this.#build() };
    }
    const { map } = this.#built;
    const shown = this.#shown;
    if (this.isSmall || !shown || performance.now() - shown.seenAt > SHOWN_MS_MAX) return map;
    map.catch(() => undefined);
    return Promise.resolve(shown.map);
  }

  /** The seats in one state, without the others. */
  inState(state: Seat['state']): Promise<SeatMap> {
    const known = this.#inState.get(state);
    if (known) return known.map();
    const seats = new SeatsInState({
      name: `${this.#deps.scheduleId} ${state}`,
      readIds: () => this.#deps.readIds(state),
      toBody: (ids) => this.#toBody(this.#itemsOf(ids, state)),
      isAlwaysFresh: this.isSmall,
    });
    this.#inState.set(state, seats);
    return seats.map();
  }

  /** The events that lead from a version to the present one; all states where the version is unknown or too far behind. */
  eventsSince(tag: string | undefined): readonly WireEvent[] {
    return this.#history.eventsSince(tag) ?? [this.reset];
  }

  async #refresh(): Promise<void> {
    const started = performance.now();
    const states = await this.#deps.readStates();
    if (states.length !== this.ids.length) throw new OtherSeats('The schedule has other seats.');
    this.#refreshedAt = performance.now();
    this.#costMs = this.#refreshedAt - started;
    if (states === this.#states) {
      if (this.#shown?.version === this.#history.version) this.#shown.seenAt = started;
      return;
    }
    const changes = changesBetween(this.#states, states, this.ids);
    this.#states = states;
    const step = this.#history.advance(changes);
    // Listeners of a model that was forgotten know its states: no changes lead from there to the first version of this one.
    this.#deps.onStep(() => step ?? this.reset);
  }

  /** The states packed, and the event that has them: made once a version, however many begin to listen. */
  #pack(): { availability: Availability; reset: WireEvent } {
    if (this.#packed?.version === this.#history.version) return this.#packed;
    const availability = toAvailability(this.#deps.scheduleId, this.tag, this.#states);
    const reset = toReset(availability);
    this.#packed = { version: this.#history.version, availability, reset };
    return this.#packed;
  }

  async #build(): Promise<SeatMap> {
    const [version, seenAt, started] = [
      this.#history.version,
      this.#refreshedAt,
      performance.now(),
    ];
    const etag = `W/"${this.#deps.scheduleId}.${this.tag}"`;
    const items = this.#beginnings.map((beginning, place) => {
      return `${beginning}${STATE_NAMES[this.#states[place] as string]}"}`;
    });
    const map = new SeatMap({ body: this.#toBody(items), etag });
    // Whoever looks meanwhile sees the version before, and takes this one as they took that.
    if (!this.isSmall && this.#shown?.map.isCompressed) await map.gzipped();
    if (!this.#shown || this.#shown.version < version) this.#shown = { version, map, seenAt };
    this.#costMs += performance.now() - started;
    return map;
  }

  /** @param ids ascending, as those of all seats are */
  #itemsOf(ids: readonly number[], state: Seat['state']): string[] {
    let place = 0;
    return ids.map((id) => {
      place = this.ids.indexOf(id, place);
      return `${this.#beginnings[place]}${state}"}`;
    });
  }

  #toBody(items: readonly string[]): string {
    return `{"scheduleId":${this.#deps.scheduleId},"items":[${items.join(',')}]}`;
  }
}
