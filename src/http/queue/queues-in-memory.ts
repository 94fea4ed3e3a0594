/**
 * The counters and lines of all waiting queues, which an API process keeps in memory: refreshed twice a second. The counters are
 * updated immediately by announcements.
 */
import { HOUSE_QUEUE } from '../../commands/command.ts';
import { type AdmissionOverrides, setAdmission } from '../../commands/queue/set-admission.ts';
import { resultOf } from '../../commands/result-of.ts';
import { QUEUE_ID_MAX } from '../../commands/schemas/values.ts';
import type { QueueCounters } from '../../db/reads/queue/counters.ts';
import type { KnownLine, LineBlock } from '../../db/reads/queue/line.ts';
import type { Announcement, ReachedNumber } from '../../lanes/announcements.ts';
import { RefreshTimer } from '../../runtime/refresh-timer.ts';
import { AnnouncedChanges } from '../reads/announced-changes.ts';
import { SharedRead } from '../reads/shared-read.ts';
import { type QueueLine, QueueLines } from './line.ts';
import { type QueueRate, rateOf } from './position.ts';

const REFRESH_MS = 500;

/** The counters of a queue that this process has not read yet. */
const NONE = {
  name: '',
  createdAt: new Date(0),
  waiting: 0,
  active: 0,
  lastNumber: 0,
  lastAdmitted: 0,
  admittedLastMinute: 0,
  isPaused: false,
  isGathering: false,
  opensAt: null,
  drawOverdueSeconds: 0,
  isSoldOut: false,
  admitLimit: null,
  admitWindowMs: null,
  maxActive: null,
};

type Overrides = Pick<QueueCounters, 'isPaused' | 'admitLimit' | 'admitWindowMs' | 'maxActive'>;

export interface QueuesInMemoryDeps {
  readCounters(): Promise<QueueCounters[]>;
  /** Reads what has changed of these lines. */
  readLines(known: readonly KnownLine[]): Promise<LineBlock[]>;
  /** Whether there is a queue with this id, read by the id. */
  hasQueue(queueId: number): Promise<boolean>;
  /** What is configured; it applies where operators have set nothing else. */
  rate: QueueRate;
}

export class QueuesInMemory {
  readonly #deps: QueuesInMemoryDeps;
  readonly #refreshes = new SharedRead(() => this.#refresh());
  /** The queues by id. */
  #queues: ReadonlyMap<number, QueueCounters> = new Map();
  #lines = new QueueLines();
  /** What replaces the lines after a failover, as soon as it is read. */
  #nextLines: QueueLines | undefined;
  /** The highest numbers whose admission was announced, by queue; the counters may have been read before that. */
  readonly #announcedAdmitted = new Map<number, number>();
  readonly #overrides = new Map<number, Overrides>();
  /** When the read began that is served, on the clock of `performance`, in ms. */
  #readAt = Number.NEGATIVE_INFINITY;
  readonly #changes = new AnnouncedChanges('queueCounters');
  readonly #timer = new RefreshTimer(() => this.refresh(), REFRESH_MS);

  constructor(deps: QueuesInMemoryDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    await this.refresh();
    this.#timer.start();
  }

  stop(): void {
    this.#timer.stop();
  }

  /** All queues that were there at the last read, by id. */
  get all(): readonly Readonly<QueueCounters>[] {
    return [...this.#queues.values()];
  }

  /**
   * Whether the queue exists. One that this process does not know is looked for, because it may be new. Asking for ids that do
   * not exist must not read the counters of all queues.
   */
  async exists(queueId: number): Promise<boolean> {
    if (this.#queues.has(queueId)) return true;
    if (queueId > QUEUE_ID_MAX || !(await this.#deps.hasQueue(queueId))) return false;
    await this.refresh();
    return this.#queues.has(queueId);
  }

  countersOf(queueId: number): Readonly<QueueCounters> {
    return this.#queues.get(queueId) ?? { ...NONE, id: queueId };
  }

  lineOf(queueId: number): QueueLine {
    return this.#lines.of(queueId);
  }

  /** The current admission of a queue: the operators' overrides, otherwise the configured values. */
  rateOf(queueId: number): QueueRate {
    return rateOf(this.countersOf(queueId), this.#deps.rate);
  }

  /** When to retry if a queue is full, in whole seconds. */
  windowSecondsOf(queueId: number): number {
    return Math.ceil(this.rateOf(queueId).admitWindowMs / 1000);
  }

  /** Reads the counters and lines. Afterwards they include everything committed before the call. */
  refresh(): Promise<void> {
    return this.#refreshes.fresh();
  }

  /** Reads them if a change was announced since the last read. Polls of entries do not, because there are thousands a second. */
  async refreshChanged(): Promise<void> {
    if (this.#changes.mayBeMissingIn(this.#readAt)) await this.refresh();
  }

  /** Rereads everything after a failover, which may have lost commits. Until then what was read last is served. */
  forgetAll(): void {
    this.#announcedAdmitted.clear();
    this.#nextLines = new QueueLines();
    this.refresh().catch(() => undefined);
  }

  /** Applies changes of the admission made through any API process, and notes others. */
  onAnnouncements(announcements: readonly Announcement[]): void {
    this.#changes.onAnnouncements(announcements);
    for (const announcement of announcements) {
      const set = resultOf(setAdmission, announcement);
      if (set) this.#override({ queueId: HOUSE_QUEUE, ...set });
    }
  }

  /** Applies an announcement that the admissions of some queues have reached these numbers. */
  onAdmission(reached: readonly ReachedNumber[]): void {
    this.#changes.note();
    for (const { queueId, lastNumber } of reached) {
      const announced = this.#announcedAdmitted.get(queueId) ?? 0;
      this.#announcedAdmitted.set(queueId, Math.max(announced, lastNumber));
    }
    this.#queues = new Map(this.all.map((queue) => [queue.id, this.#withAdmitted(queue)]));
  }

  #override({ queueId, admitWindowSeconds, ...others }: AdmissionOverrides): void {
    const admitWindowMs = admitWindowSeconds === null ? null : admitWindowSeconds * 1000;
    const overrides = { ...others, admitWindowMs };
    this.#overrides.set(queueId, overrides);
    const queue = this.#queues.get(queueId);
    if (queue) this.#queues = new Map(this.#queues).set(queueId, { ...queue, ...overrides });
  }

  async #refresh(): Promise<void> {
    const beganAt = performance.now();
    const before = new Map(this.#overrides);
    const lines = this.#nextLines ?? this.#lines;
    const read = await this.#deps.readCounters();
    lines.apply(await this.#deps.readLines(lines.known(read.map(({ id }) => id))));
    if (lines === this.#nextLines) {
      this.#lines = lines;
      this.#nextLines = undefined;
    }
    const queues = read.map((queue) => {
      // The counters may lack a change that was announced while they were being read.
      const overrides = this.#overrides.get(queue.id);
      const isChanged = overrides !== before.get(queue.id);
      return this.#withAdmitted(isChanged ? { ...queue, ...overrides } : queue);
    });
    this.#queues = new Map(queues.map((queue) => [queue.id, queue]));
    this.#readAt = beganAt;
  }

  #withAdmitted(queue: QueueCounters): QueueCounters {
    const announced = this.#announcedAdmitted.get(queue.id) ?? 0;
    return announced > queue.lastAdmitted ? { ...queue, lastAdmitted: announced } : queue;
  }
}
