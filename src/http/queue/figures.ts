/** The counters of the waiting queue in memory: read twice a second, and changed at once by what the process hears. */
import type { QueueCounters } from '../../db/reads/queue.ts';
import { SharedRead } from '../reads/shared-read.ts';

const REFRESH_MS = 500;

/** Until the first read, which `start` awaits. */
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

/** The result of `set-admission`: what operators have set, null where the configured values hold. */
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
  /** The last number whose admission was announced: the counters may have been read before. */
  #heardAdmitted = 0;
  #overrides: Partial<QueueCounters> = {};
  #timer: NodeJS.Timeout | undefined;

  constructor(read: () => Promise<QueueCounters>) {
    this.#read = read;
  }

  async start(): Promise<void> {
    await this.refresh();
    this.#timer = setInterval(() => this.refresh().catch(() => undefined), REFRESH_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  get counters(): Readonly<QueueCounters> {
    return this.#counters;
  }

  /** Reads the counters: whatever was committed before the call is in them afterwards. */
  refresh(): Promise<void> {
    return this.#refreshes.fresh();
  }

  /** PostgreSQL may have gone back in time: reads anew, and shows the last known counters meanwhile. */
  forget(): void {
    this.#heardAdmitted = 0;
    this.refresh().catch(() => undefined);
  }

  /** Places up to this number have been reached. */
  hearAdmission(lastNumber: number): void {
    this.#heardAdmitted = Math.max(this.#heardAdmitted, lastNumber);
    if (lastNumber <= this.#counters.lastAdmitted) return;
    this.#counters = { ...this.#counters, lastAdmitted: lastNumber };
  }

  /** Operators have changed the admission. */
  hearOverrides({ admitWindowSeconds, ...others }: AdmissionOverrides): void {
    const admitWindowMs = admitWindowSeconds === null ? null : admitWindowSeconds * 1000;
    this.#overrides = { ...others, admitWindowMs };
    this.#counters = { ...this.#counters, ...this.#overrides };
  }

  async #refresh(): Promise<void> {
    const before = this.#overrides;
    const read = await this.#read();
    // What was heard of while the counters were being read may not be in them.
    const isChanged = this.#overrides !== before;
    this.#counters = isChanged ? { ...read, ...this.#overrides } : read;
    this.hearAdmission(this.#heardAdmitted);
  }
}
