/**
 * The users' view of the waiting queue, served from memory. An API process keeps the counters, which one query refreshes
 * twice a second, and remembers which entries are waiting. It reads a row only for an entry that it does not know yet, or
 * whose number has been reached.
 */
import { LRUCache } from 'lru-cache';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import type { QueueEntry, QueueEntryOutcome } from '../../commands/schemas/resources.ts';
import type { OpenEntry, QueueCounters } from '../../db/reads/queue/entries.ts';
import type { Announcement } from '../../lanes/announcements.ts';
import type { AdmittedEntry, QueueTokens } from '../auth/queue-tokens.ts';
import { ActiveEntries } from './active-entries.ts';
import { type AdmissionOverrides, QueueFigures } from './figures.ts';
import { estimateSeconds, positionOf, type QueueRate } from './position.ts';
import type { Presence } from './presence.ts';

/** Entries known to be waiting. Limited by `maxSize`, because `max` would allocate all memory up front. */
const REMEMBERED = { maxSize: 200_000, sizeCalculation: () => 1 };
/** Presence is recorded for this many admission windows behind the last admitted number, and at least NEAR_FRONT_MIN. */
const NEAR_FRONT_WINDOWS = 10;
const NEAR_FRONT_MIN = 1000;
/** The commands whose success ends the queue entry of their token. */
const PAYMENTS = new Set(['pay-order', 'pay-booking']);

export interface QueueViewDeps {
  readCounters(): Promise<QueueCounters>;
  entries: {
    ofSubject(subject: string): Promise<OpenEntry | undefined>;
    /** When an active entry expires, in ms since 1970; undefined if it is not active. */
    activeUntil(number: number): Promise<EpochMs | undefined>;
  };
  tokens: QueueTokens;
  presence: Presence;
  rate: QueueRate;
  /** In ms since 1970, by PostgreSQL's clock. */
  now(): EpochMs;
}

export class QueueView {
  readonly #deps: QueueViewDeps;
  readonly #waitingNumbers = new LRUCache<string, number>(REMEMBERED);
  readonly #subjects = new LRUCache<number, string>(REMEMBERED);
  readonly #active: ActiveEntries;
  readonly #figures: QueueFigures;

  constructor(deps: QueueViewDeps) {
    this.#deps = deps;
    this.#figures = new QueueFigures(deps.readCounters);
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

  get counters(): Readonly<QueueCounters> {
    return this.#figures.counters;
  }

  /** When to retry if the queue is full, in whole seconds. */
  get windowSeconds(): number {
    return Math.ceil(this.rate.admitWindowMs / 1000);
  }

  /** The current admission: the operators' overrides, otherwise the configured values. */
  get rate(): QueueRate {
    const { rate } = this.#deps;
    return {
      admitLimit: this.counters.admitLimit ?? rate.admitLimit,
      admitWindowMs: this.counters.admitWindowMs ?? rate.admitWindowMs,
      maxActive: this.counters.maxActive ?? rate.maxActive,
      queueTokenMs: rate.queueTokenMs,
    };
  }

  /** Applies changes made through any API process. */
  onAnnouncements(announcements: readonly Announcement[]): void {
    for (const { name, outcome, queueNumber } of announcements) {
      if (outcome.state !== 'succeeded') continue;
      if (name === 'leave-queue') this.#forget((outcome.result as QueueEntryOutcome).number);
      if (name === 'set-admission') {
        this.#figures.onOverrides(outcome.result as AdmissionOverrides);
      }
      if (PAYMENTS.has(name) && queueNumber !== undefined) this.#active.forget(queueNumber);
    }
  }

  /** Makes later checks read the row, because the end of an entry may have been missed. */
  forgetActive(): void {
    this.#active.forgetAll();
  }

  /** Drops everything after a failover, which may have lost commits; later reads use the rows. */
  forgetAll(): void {
    for (const memory of [this.#waitingNumbers, this.#subjects]) memory.clear();
    this.#active.forgetAll();
    this.#figures.forget();
  }

  /** The admission has reached `lastNumber`: from now on, entries up to it are read from their rows. */
  onAdmission(lastNumber: number): void {
    this.#figures.onAdmission(lastNumber);
  }

  /** The open entry of a user; undefined if there is none. */
  async entryOf(subject: string): Promise<QueueEntry | undefined> {
    const number = this.#waitingNumbers.get(subject);
    if (number !== undefined && !this.#isReached(number)) {
      return this.present({ number, state: 'waiting', expiresAt: null }, subject);
    }
    const open = await this.#deps.entries.ofSubject(subject);
    return open && this.#presentOpen(open);
  }

  /** Whether an entry, whose user makes a request with its queue token, is still active. */
  isActive({ number }: AdmittedEntry): Promise<boolean> {
    this.noteClaimed(number);
    return this.#active.isActive(number);
  }

  /** Records that the user of an entry has made a request with the queue token. */
  noteClaimed(number: number): void {
    this.#deps.presence.noteClaimed(number);
  }

  /** The entry as it was when the user entered, or its current row if its number has been reached since. */
  async presentNow(entry: QueueEntryOutcome, subject: string): Promise<QueueEntry> {
    if (entry.state === 'waiting' && this.#isReached(entry.number)) {
      const open = await this.#deps.entries.ofSubject(subject);
      const isSame = open?.number === entry.number || open?.ticket === entry.number;
      if (open && isSame) return this.#presentOpen(open);
    }
    return this.present(entry, subject);
  }

  #presentOpen({ number, state, expiresAt, subject }: OpenEntry): Promise<QueueEntry> {
    const expiry = expiresAt === null ? null : new Date(expiresAt).toISOString();
    return this.present({ number, state, expiresAt: expiry }, subject);
  }

  /** Adds the current position and estimate to an entry, and the queue token while it is active. */
  async present(entry: QueueEntryOutcome, subject: string): Promise<QueueEntry> {
    const { number, state, expiresAt } = entry;
    const { waiting, isPaused, isSoldOut } = this.counters;
    const shown = { ...entry, position: 0, waiting, estimatedWaitSeconds: 0, isPaused, isSoldOut };
    if (state === 'active' && expiresAt !== null) {
      const expiry = Date.parse(expiresAt);
      const queueToken = await this.#deps.tokens.issue({ number, subject, expiresAt: expiry });
      return { ...shown, queueToken };
    }
    if (state === 'ended') return { ...shown, queueToken: null };
    this.#remember(subject, number);
    if (this.#isNearFront(number)) this.#deps.presence.noteSeen(number);
    const position = positionOf(number, this.counters);
    return {
      ...shown,
      position,
      // The counters may be older than the entry.
      waiting: Math.max(waiting, position),
      estimatedWaitSeconds: estimateSeconds(position, this.rate, this.counters),
      queueToken: null,
    };
  }

  /** Whether the admission has reached a number: then the entry may be active, and only its row is current. */
  #isReached(number: number): boolean {
    return number <= this.counters.lastAdmitted;
  }

  /** Presence matters only for entries that can be admitted within the next few windows. */
  #isNearFront(number: number): boolean {
    const ahead = Math.max(NEAR_FRONT_MIN, NEAR_FRONT_WINDOWS * this.rate.admitLimit);
    return number <= this.counters.lastAdmitted + ahead;
  }

  #remember(subject: string, number: number): void {
    this.#waitingNumbers.set(subject, number);
    this.#subjects.set(number, subject);
  }

  #forget(number: number): void {
    const subject = this.#subjects.get(number);
    if (subject !== undefined) this.#waitingNumbers.delete(subject);
    this.#subjects.delete(number);
    this.#active.forget(number);
  }
}
