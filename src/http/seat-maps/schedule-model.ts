/**
 * One schedule's seats in memory: what never changes is read once, the states again and again while
 * somebody looks. Whoever asks shares a refresh, the body that is built from it, and its compression.
 */
import type { Seat } from '../../commands/resources.ts';
import type { FixedSeat } from '../../db/reads/seats.ts';
import { SeatMap } from './seat-map.ts';
import { type Change, changesBetween, packStates, STATE_NAMES } from './seat-states.ts';
import { SeatsInState } from './seats-in-state.ts';
import { SharedRead } from './shared-read.ts';

/** Up to so many seats a refresh is cheap enough to make one for every moment that is asked for. */
const ALWAYS_FRESH_SEATS = 2000;
/** Larger schedules are refreshed so often, in ms, or after four times what a refresh costs. */
const REFRESH_MS = 200;
const COST_FACTOR = 4;
/** Until then what there is is shown while the next version is being made; nobody sees older states. */
const SHOWN_MS_MAX = 700;
/** How many changes a client may have missed and still be told only those. */
const HISTORY_MAX = 1000;

/** The changes that led to a version. */
export interface Step {
  version: number;
  changes: readonly Change[];
}

export interface ModelDeps {
  scheduleId: number;
  /** Begins the tags of a process's versions: after a restart none of them means anything. */
  bootId: string;
  seats: readonly FixedSeat[];
  readStates(): Promise<string>;
  /** Of the seats in one state, ascending. */
  readIds(state: Seat['state']): Promise<number[]>;
  /** Told of every step, once. */
  onStep(step: Step): void;
}

export class ScheduleModel {
  readonly #deps: ModelDeps;
  readonly ids: readonly number[];
  /** Each seat's JSON up to its state. */
  readonly #beginnings: readonly string[];
  readonly #refreshes = new SharedRead(() => this.#refresh());
  readonly #inState = new Map<Seat['state'], SeatsInState>();
  #states = '';
  #version = 0;
  #steps: Step[] = [];
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #costMs = 0;
  #built: { version: number; map: Promise<SeatMap> } | undefined;
  /** The last version whose body is ready, and when its states were last seen to be true. */
  #shown: { version: number; map: SeatMap; seenAt: number } | undefined;
  #packed: { version: number; states: string } | undefined;

  constructor(deps: ModelDeps) {
    this.#deps = deps;
    this.ids = deps.seats.map((seat) => seat.id);
    this.#beginnings = deps.seats.map((seat) => `${JSON.stringify(seat).slice(0, -1)},"state":"`);
  }

  get version(): number {
    return this.#version;
  }

  /** The states of all seats, packed. */
  get packedStates(): string {
    if (this.#packed?.version !== this.#version) {
      this.#packed = { version: this.#version, states: packStates(this.#states) };
    }
    return this.#packed.states;
  }

  get isSmall(): boolean {
    return this.ids.length <= ALWAYS_FRESH_SEATS;
  }

  /** A tag for this version of this process. */
  get tag(): string {
    return `${this.#deps.bootId}.${this.#version}`;
  }

  /** Resolves when the states are fresh enough for somebody who asks now. */
  async freshen(): Promise<void> {
    if (this.isSmall) return this.#refreshes.fresh();
    const ageMs = performance.now() - this.#refreshedAt;
    if (ageMs < Math.max(REFRESH_MS, COST_FACTOR * this.#costMs)) return;
    const refreshing = this.#refreshes.any();
    if (this.#version === 0 || ageMs > SHOWN_MS_MAX) await refreshing;
    else refreshing.catch(() => undefined);
  }

  /** The body of the present version, or of the one before while that is young and this one in the making. */
  map(): Promise<SeatMap> {
    if (this.#built?.version !== this.#version) {
      this.#built = { version: this.#version, map: this.#build() };
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

  /** The steps after a version, or undefined where it is too old or not of this process. */
  stepsSince(tag: string): readonly Step[] | undefined {
    const [bootId, version] = tag.split('.');
    const since = Number(version);
    if (bootId !== this.#deps.bootId || !(since <= this.#version)) return undefined;
    const oldest = this.#steps[0]?.version ?? this.#version + 1;
    if (since < oldest - 1) return undefined;
    return this.#steps.filter((step) => step.version > since);
  }

  async #refresh(): Promise<void> {
    const started = performance.now();
    const states = await this.#deps.readStates();
    this.#refreshedAt = performance.now();
    this.#costMs = this.#refreshedAt - started;
    if (states === this.#states) {
      if (this.#shown?.version === this.#version) this.#shown.seenAt = started;
      return;
    }
    const changes = this.#version === 0 ? [] : changesBetween(this.#states, states, this.ids);
    this.#states = states;
    this.#version += 1;
    const step = { version: this.#version, changes };
    this.#steps.push(step);
    if (this.#steps.length > HISTORY_MAX) this.#steps = this.#steps.slice(-HISTORY_MAX / 2);
    this.#deps.onStep(step);
  }

  async #build(): Promise<SeatMap> {
    const [version, seenAt, started] = [this.#version, this.#refreshedAt, performance.now()];
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
