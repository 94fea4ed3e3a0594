/**
 * What users see of the waiting queue, answered from memory: an API process keeps the counters,
 * refreshed twice a second by one query however many poll, and remembers which places wait. A row is
 * read for a place that is not known yet, or whose number has been reached.
 */
import { LRUCache } from 'lru-cache';
import type { QueueEntry, QueuePlace } from '../../commands/schemas/resources.ts';
import type { OpenPlace, QueueCounters } from '../../db/reads/queue.ts';
import type { Announcement } from '../../lanes/announcements.ts';
import type { AdmittedPlace, QueueTokens } from '../auth/queue-tokens.ts';
import { type AdmissionOverrides, QueueFigures } from './figures.ts';
import { estimateSeconds, positionOf, type QueueRate } from './position.ts';
import type { Presence } from './presence.ts';

/** Places that are known to wait; by size, not by `max`, which would take the memory at once. */
const REMEMBERED = { maxSize: 200_000, sizeCalculation: () => 1 };
/** How far behind the last one admitted presence is noted: in windows, and at least. */
const NEAR_FRONT_WINDOWS = 10;
const NEAR_FRONT_MIN = 1000;

export interface QueueViewDeps {
  readCounters(): Promise<QueueCounters>;
  places: {
    ofSubject(subject: string): Promise<OpenPlace | undefined>;
    isActive(number: number): Promise<boolean>;
  };
  tokens: QueueTokens;
  presence: Presence;
  rate: QueueRate;
}

export class QueueView {
  readonly #deps: QueueViewDeps;
  readonly #waitingNumbers = new LRUCache<string, number>(REMEMBERED);
  readonly #subjects = new LRUCache<number, string>(REMEMBERED);
  /** Active until they expire, unless another end is heard of; the worker has the last word. In ms since 1970. */
  readonly #active = new LRUCache<number, number>(REMEMBERED);
  readonly #figures: QueueFigures;

  constructor(deps: QueueViewDeps) {
    this.#deps = deps;
    this.#figures = new QueueFigures(deps.readCounters);
  }

  start(): Promise<void> {
    return this.#figures.start();
  }

  stop(): void {
    this.#figures.stop();
  }

  /** Reads the counters: whatever was committed before the call is in them afterwards. */
  refresh(): Promise<void> {
    return this.#figures.refresh();
  }

  get counters(): Readonly<QueueCounters> {
    return this.#figures.counters;
  }

  /** When to retry at a queue that is full, in whole seconds. */
  get windowSeconds(): number {
    return Math.ceil(this.rate.admitWindowMs / 1000);
  }

  /** The admission as it is now: what operators have set, else what is configured. */
  get rate(): QueueRate {
    const { rate } = this.#deps;
    return {
      admitLimit: this.counters.admitLimit ?? rate.admitLimit,
      admitWindowMs: this.counters.admitWindowMs ?? rate.admitWindowMs,
      maxActive: this.counters.maxActive ?? rate.maxActive,
      queueTokenMs: rate.queueTokenMs,
    };
  }

  /** Takes over what was changed or ended through any API process. */
  hear(announcements: readonly Announcement[]): void {
    for (const { name, outcome, queueNumber } of announcements) {
      if (outcome.state !== 'succeeded') continue;
      if (name === 'leave-queue') this.#forget((outcome.result as QueuePlace).number);
      if (name === 'set-admission') {
        this.#figures.hearOverrides(outcome.result as AdmissionOverrides);
      }
      if (name === 'pay-booking' && queueNumber !== undefined) this.#active.delete(queueNumber);
    }
  }

  /** An end may have been missed: later checks read the row. */
  forgetActive(): void {
    this.#active.clear();
  }

  /** PostgreSQL may have gone back in time: later reads come from its rows. */
  forgetAll(): void {
    for (const memory of [this.#waitingNumbers, this.#subjects, this.#active]) memory.clear();
    this.#figures.forget();
  }

  /** Places up to this number have been reached: who asks next is answered from the row. */
  hearAdmission(lastNumber: number): void {
    this.#figures.hearAdmission(lastNumber);
  }

  /** The open place of a user, or undefined where there is none. */
  async placeOf(subject: string): Promise<QueueEntry | undefined> {
    const number = this.#waitingNumbers.get(subject);
    if (number !== undefined && !this.#isReached(number)) {
      return this.present({ number, state: 'waiting', expiresAt: null }, subject);
    }
    const place = await this.#deps.places.ofSubject(subject);
    return place && this.#presentOpen(place);
  }

  /** Whether a place, whose token has not expired, still admits to booking. */
  async isActive({ number, expiresAt }: AdmittedPlace): Promise<boolean> {
    this.#deps.presence.noteClaimed(number);
    if (this.#active.get(number) === expiresAt) return true;
    const isActive = await this.#deps.places.isActive(number);
    if (isActive) this.#active.set(number, expiresAt);
    return isActive;
  }

  /** A place as it was when it was taken, or as it is now where its number has been reached since. */
  async presentNow(place: QueuePlace, subject: string): Promise<QueueEntry> {
    if (place.state === 'waiting' && this.#isReached(place.number)) {
      const open = await this.#deps.places.ofSubject(subject);
      const isSame = open?.number === place.number || open?.ticket === place.number;
      if (open && isSame) return this.#presentOpen(open);
    }
    return this.present(place, subject);
  }

  #presentOpen({ number, state, expiresAt, subject }: OpenPlace): Promise<QueueEntry> {
    const expiry = expiresAt === null ? null : new Date(expiresAt).toISOString();
    return this.present({ number, state, expiresAt: expiry }, subject);
  }

  /** Adds to a place what changes by the moment, and the token while it is active. */
  async present(place: QueuePlace, subject: string): Promise<QueueEntry> {
    const { number, state, expiresAt } = place;
    const { waiting, isPaused, isSoldOut } = this.counters;
    const shown = { ...place, position: 0, waiting, estimatedWaitSeconds: 0, isPaused, isSoldOut };
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
      // The counters may be older than the place.
      waiting: Math.max(waiting, position),
      estimatedWaitSeconds: estimateSeconds(position, this.rate, this.counters),
      queueToken: null,
    };
  }

  /** A number that has been reached may be active by now: its row tells. */
  #isReached(number: number): boolean {
    return number <= this.counters.lastAdmitted;
  }

  /** Presence matters for those who can be admitted within the next few windows. */
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
    this.#active.delete(number);
  }
}
