/** In-memory counters of the waiting queue: refreshed twice a second and updated immediately by announcements. */
import type { QueueCounters } from '../../db/reads/queue/entries.ts';
import { RefreshTimer } from '../../runtime/refresh-timer.ts';
import { SharedRead } from '../reads/shared-read.ts';

const REFRESH_MS = 500;

/** The counters before the first read, which `start` awaits. */
const NONE: QueueCounters = {
  waiting: 0,
  active: 0,
  lastNumber: 0,
  lastAdmitted: 0,
  passedOver: 0,
  firstWaiting: null,
  admittedLastMinute: 0,
  isPaused: false,
  isSoldOut: false,
  admitLimit: null,
  admitWindowMs: null,
  maxActive: null,
};

/** The result of `set-admission`: the operators' values, or null where the configured value applies. */
export interface AdmissionOverrides {
  isPaused: boolean;
  admitLimit: number | null;
  admitWindowSeconds: number | null;
  maxActive: number | null;
}

export class QueueFigures {
  readonly #read: () => Promise<QueueCounters>;
  readonly #refreshes = new SharedRead(() => this.#refresh());
  #counters = NONE;
  /** The highest number whose admission was announced; the counters may have been read before that. */
  #announcedAdmitted = 0;
  #overrides: Partial<QueueCounters> = {};
  readonly #timer = new RefreshTimer(() => this.refresh(), REFRESH_MS);

  constructor(read: () => Promise<QueueCounters>) {
    this.#read = read;
  }

  async start(): Promise<void> {
    await this.refresh();
    this.#timer.start();
  }

  stop(): void {
    this.#timer.stop();
  }

  get counters(): Readonly<QueueCounters> {
    return this.#counters;
  }

  /** Reads the counters. Afterwards they include everything committed before the call. */
  refresh(): Promise<void> {
    return this.#refreshes.fresh();
  }

  /** Rereads the counters after a failover, which may have lost commits. Until then the last known ones are served. */
  forget(): void {
    this.#announcedAdmitted = 0;
    this.refresh().catch(() => undefined);
  }

  /** Applies an announcement that the admission has reached `lastNumber`. */
  onAdmission(lastNumber: number): void {
    this.#announcedAdmitted = Math.max(this.#announcedAdmitted, lastNumber);
    if (lastNumber <= this.#counters.lastAdmitted) return;
    this.#counters = { ...this.#counters, lastAdmitted: lastNumber };
  }

  /** Applies an announcement that an operator has changed the admission. */
  onOverrides({ admitWindowSeconds, ...others }: AdmissionOverrides): void {
    const admitWindowMs = admitWindowSeconds === null ? null : admitWindowSeconds * 1000;
    this.#overrides = { ...others, admitWindowMs };
    this.#counters = { ...this.#counters, ...this.#overrides };
  }

  async #refresh(): Promise<void> {
    const before = this.#overrides;
    const read = await this.#read();
    // The counters may lack a change that was announced while they were being read.
    const isChanged = this.#overrides !== before;
    this.#counters = isChanged ? { ...read, ...this.#overrides } : read;
    this.onAdmission(this.#announcedAdmitted);
  }
}
