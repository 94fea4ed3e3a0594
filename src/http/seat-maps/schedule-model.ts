/**
 * One schedule's seats in memory: what never changes is read once, the states again and again while
 * somebody looks. Whoever asks shares a refresh, the body that is built from it, and its compression.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FixedSeat } from '../../db/reads/seats.ts';
import { type Change, changesBetween, packStates, STATE_NAMES } from './seat-states.ts';

const compress = promisify(gzip);
/** Compressing small bodies costs more than sending them. */
const COMPRESSED_FROM_BYTES = 2048;
/** Up to so many seats a refresh is cheap enough to make one for every moment that is asked for. */
const ALWAYS_FRESH_SEATS = 2000;
/** Larger schedules are refreshed so often, in ms, or after four times what a refresh costs. */
const REFRESH_MS = 200;
const COST_FACTOR = 4;
/** Until then what there is is shown while the next version is being made; nobody sees older states. */
const SHOWN_MS_MAX = 700;
/** How many changes a client may have missed and still be told only those. */
const HISTORY_MAX = 1000;

export interface SeatMap {
  body: string;
  /** The body compressed, where that pays. */
  gzipped: Uint8Array<ArrayBuffer> | undefined;
  etag: string;
}

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
  /** Told of every step, once. */
  onStep(step: Step): void;
}

export class ScheduleModel {
  readonly #deps: ModelDeps;
  readonly ids: readonly number[];
  /** Each seat's JSON up to its state. */
  readonly #beginnings: readonly string[];
  #states = '';
  #version = 0;
  #steps: Step[] = [];
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #costMs = 0;
  #refreshing: Promise<void> | undefined;
  #next: Promise<void> | undefined;
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
    if (this.isSmall) return this.#freshenNow();
    const ageMs = performance.now() - this.#refreshedAt;
    if (ageMs < Math.max(REFRESH_MS, COST_FACTOR * this.#costMs)) return;
    const refreshing = this.#refreshing ?? this.#begin();
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

  /** The steps after a version, or undefined where it is too old or not of this process. */
  stepsSince(tag: string): readonly Step[] | undefined {
    const [bootId, version] = tag.split('.');
    const since = Number(version);
    if (bootId !== this.#deps.bootId || !(since <= this.#version)) return undefined;
    const oldest = this.#steps[0]?.version ?? this.#version + 1;
    if (since < oldest - 1) return undefined;
    return this.#steps.filter((step) => step.version > since);
  }

  /** What is under way may have read before the asker's own booking: who comes then joins the next one. */
  #freshenNow(): Promise<void> {
    if (!this.#refreshing) return this.#begin();
    this.#next ??= this.#refreshing
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#begin();
      });
    return this.#next;
  }

  #begin(): Promise<void> {
    this.#refreshing = this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
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
    const { scheduleId } = this.#deps;
    const [version, seenAt, started] = [this.#version, this.#refreshedAt, performance.now()];
    const etag = `W/"${scheduleId}.${this.tag}"`;
    const items = this.#beginnings.map((beginning, place) => {
      return `${beginning}${STATE_NAMES[this.#states[place] as string]}"}`;
    });
    const body = `{"scheduleId":${scheduleId},"items":[${items.join(',')}]}`;
    const isLong = body.length >= COMPRESSED_FROM_BYTES;
    const gzipped = isLong ? await compress(body, { level: 1 }) : undefined;
    const map = { body, etag, gzipped };
    if (!this.#shown || this.#shown.version < version) this.#shown = { version, map, seenAt };
    this.#costMs += performance.now() - started;
    return map;
  }
}
