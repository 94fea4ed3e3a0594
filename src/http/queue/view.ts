/**
 * The users' view of the waiting queues, served from memory. An API process keeps the counters, which one query refreshes
 * twice a second, and remembers which entries are waiting. It reads a row only for an entry that it does not know yet, or
 * whose number has been reached.
 */
import type { EpochMs } from '../../commands/epoch-ms.ts';
import type { QueueEntry, QueueEntryOutcome } from '../../commands/schemas/resources.ts';
import type { QueueCounters } from '../../db/reads/queue/counters.ts';
import type { OpenEntry, UserInQueue } from '../../db/reads/queue/entries.ts';
import type { Announcement, ReachedNumber } from '../../lanes/announcements.ts';
import type { AdmittedEntry } from '../auth/queue-tokens.ts';
import { ActiveEntries } from './active-entries.ts';
import { type AdmissionOverrides, QueueFigures } from './figures.ts';
import { isNearFront, type QueueRate } from './position.ts';
import type { Presence } from './presence.ts';
import { type PresentDeps, presentEntry } from './present-entry.ts';
import { WaitingEntries } from './waiting-entries.ts';

/** The commands whose success ends the queue entry of their token. */
const PAYMENTS = new Set(['pay-order', 'pay-booking']);

export interface QueueViewDeps extends PresentDeps {
  readCounters(): Promise<QueueCounters[]>;
  hasQueue(queueId: number): Promise<boolean>;
  entries: {
    ofUser(user: UserInQueue): Promise<OpenEntry | undefined>;
    /** When an active entry expires, in ms since 1970; undefined if it is not active. */
    activeUntil(entryId: number): Promise<EpochMs | undefined>;
  };
  presence: Presence;
  rate: QueueRate;
  /** In ms since 1970, by PostgreSQL's clock. */
  now(): EpochMs;
}

export class QueueView {
  readonly #deps: QueueViewDeps;
  readonly #waiting = new WaitingEntries();
  readonly #active: ActiveEntries;
  readonly #figures: QueueFigures;

  constructor(deps: QueueViewDeps) {
    this.#deps = deps;
    this.#figures = new QueueFigures(deps);
    this.#active = new ActiveEntries({ ...deps, activeUntil: (n) => deps.entries.activeUntil(n) });
  }

  start(): Promise<void> {
    return this.#figures.start();
  }

  stop(): void {
    this.#figures.stop();
  }

  /** Reads the counters. Afterwards they include everything committed before the call. */
  refresh(): Promise<void> {
    return this.#figures.refresh();
  }

  /** All queues, by id. */
  get queues(): readonly Readonly<QueueCounters>[] {
    return this.#figures.all;
  }

  /** Whether the queue exists. One that this process does not know is looked for, because it may be new. */
  exists(queueId: number): Promise<boolean> {
    return this.#figures.exists(queueId);
  }

  counters(queueId: number): Readonly<QueueCounters> {
    return this.#figures.of(queueId);
  }

  /** When to retry if a queue is full, in whole seconds. */
  windowSeconds(queueId: number): number {
    return Math.ceil(this.rate(queueId).admitWindowMs / 1000);
  }

  /** The current admission of a queue: the operators' overrides, otherwise the configured values. */
  rate(queueId: number): QueueRate {
    const { rate } = this.#deps;
    const { admitLimit, admitWindowMs, maxActive } = this.counters(queueId);
    return {
      admitLimit: admitLimit ?? rate.admitLimit,
      admitWindowMs: admitWindowMs ?? rate.admitWindowMs,
      maxActive: maxActive ?? rate.maxActive,
      queueTokenMs: rate.queueTokenMs,
    };
  }

  /** Applies changes made through any API process. */
  onAnnouncements(announcements: readonly Announcement[]): void {
    for (const { name, outcome, entryId } of announcements) {
      if (outcome.state !== 'succeeded') continue;
      if (name === 'leave-queue') this.#forget((outcome.result as QueueEntryOutcome).id);
      if (name === 'set-admission') {
        this.#figures.onOverrides(outcome.result as AdmissionOverrides);
      }
      if (PAYMENTS.has(name) && entryId !== undefined) this.#active.forget(entryId);
    }
  }

  /** Makes later checks read the row, because the end of an entry may have been missed. */
  forgetActive(): void {
    this.#active.forgetAll();
  }

  /** Drops everything after a failover, which may have lost commits; later reads use the rows. */
  forgetAll(): void {
    this.#waiting.forgetAll();
    this.#active.forgetAll();
    this.#figures.forget();
  }

  /** The admissions of some queues have come this far: from now on, entries up to there are read from their rows. */
  onAdmission(reached: readonly ReachedNumber[]): void {
    this.#figures.onAdmission(reached);
  }

  /** The open entry of a user in a queue; undefined if there is none. */
  async entryOf(user: UserInQueue): Promise<QueueEntry | undefined> {
    const { subject, queueId } = user;
    const known = this.#waiting.of(user);
    if (known && !this.#isReached({ queueId, number: known.number })) {
      const { id, number, enteredAt } = known;
      const waiting = {
        id,
        queueId,
        number,
        enteredAt,
        state: 'waiting',
        expiresAt: null,
      } as const;
      return this.present(waiting, subject);
    }
    const open = await this.#deps.entries.ofUser(user);
    return open && this.#presentOpen(open);
  }

  /** Whether an entry, whose user makes a request with its queue token, is still active. */
  isActive({ id }: AdmittedEntry): Promise<boolean> {
    this.noteClaimed(id);
    return this.#active.isActive(id);
  }

  /** Records that the user of an entry has made a request with the queue token. */
  noteClaimed(entryId: number): void {
    this.#deps.presence.noteClaimed(entryId);
  }

  /** The entry as it was when the user entered, or its current row if its number has been reached since. */
  async presentNow(entry: QueueEntryOutcome, subject: string): Promise<QueueEntry> {
    // Outcomes of older versions do not say when the user entered.
    const isOld = entry.enteredAt === undefined;
    if (entry.state === 'waiting' && (isOld || this.#isReached(entry))) {
      const open = await this.#deps.entries.ofUser({ subject, queueId: entry.queueId });
      // Old receipts know an entry by the number that it had before a draw.
      const isSame = open?.id === entry.id || open?.ticket === entry.number;
      if (open && isSame) return this.#presentOpen(open);
    }
    return this.present(entry, subject);
  }

  #presentOpen({ ticket: _, subject, ...open }: OpenEntry): Promise<QueueEntry> {
    const expiresAt = open.expiresAt === null ? null : new Date(open.expiresAt).toISOString();
    const enteredAt = new Date(open.enteredAt).toISOString();
    return this.present({ ...open, expiresAt, enteredAt }, subject);
  }

  /** Shows an entry as it is, with its current position and estimate. A waiting entry is remembered, and its user is present. */
  async present(entry: QueueEntryOutcome, subject: string): Promise<QueueEntry> {
    const { id, queueId, number, state, enteredAt } = entry;
    const [counters, rate] = [this.counters(queueId), this.rate(queueId)];
    if (state !== 'waiting') return presentEntry({ entry, subject, counters, rate }, this.#deps);
    if (isNearFront(number, counters, rate)) this.#deps.presence.noteSeen(id);
    const user = { subject, queueId };
    const known =
      enteredAt === undefined ? undefined : this.#waiting.remember(user, { id, number, enteredAt });
    return presentEntry({ entry, subject, counters, rate, known }, this.#deps);
  }

  /** Whether the admission has reached a number: then the entry may be active, and only its row is current. */
  #isReached({ queueId, number }: Pick<QueueEntry, 'queueId' | 'number'>): boolean {
    return number <= this.counters(queueId).lastAdmitted;
  }

  #forget(entryId: number): void {
    this.#waiting.forget(entryId);
    this.#active.forget(entryId);
  }
}
