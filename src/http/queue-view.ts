/**
 * What users see of the waiting queue, answered from memory: an API process keeps the counters,
 * refreshed twice a second by one query however many poll, and remembers which places wait. A row is
 * read for a place that is not known yet, or whose number has been reached.
 */
import { LRUCache } from 'lru-cache';
import type { QueueEntry, QueuePlace } from '../commands/resources.ts';
import type { OpenPlace, QueueCounters } from '../db/reads/queue.ts';
import type { Announcement } from '../lanes/announcements.ts';
import type { QueueTokens } from './queue-tokens.ts';

const REFRESH_MS = 500;
/** Places that are known to wait; by size, not by `max`, which would take the memory at once. */
const REMEMBERED = { maxSize: 200_000, sizeCalculation: () => 1 };
/** How long a place that was found active is believed to be; the worker has the last word anyway. */
const ACTIVE_BELIEVED_MS = 1000;

/** Users admitted per window, as far as the waiting ones are concerned; times in ms. */
export interface QueueRate {
  admitLimit: number;
  admitWindowMs: number;
  maxActive: number;
}

export interface QueueViewDeps {
  readCounters(): Promise<QueueCounters>;
  places: {
    ofSubject(subject: string): Promise<OpenPlace | undefined>;
    isActive(number: number): Promise<boolean>;
  };
  tokens: QueueTokens;
  rate: QueueRate;
}

export class QueueView {
  readonly #deps: QueueViewDeps;
  readonly #waitingNumbers = new LRUCache<string, number>(REMEMBERED);
  readonly #subjects = new LRUCache<number, string>(REMEMBERED);
  readonly #active = new LRUCache<number, true>({ ...REMEMBERED, ttl: ACTIVE_BELIEVED_MS });
  #counters: QueueCounters = { waiting: 0, active: 0, firstWaiting: null, admittedLastMinute: 0 };
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: QueueViewDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    await this.refresh();
    this.#timer = setInterval(() => this.refresh().catch(() => undefined), REFRESH_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async refresh(): Promise<void> {
    this.#counters = await this.#deps.readCounters();
  }

  get counters(): Readonly<QueueCounters> {
    return this.#counters;
  }

  /** When it makes sense to knock again at a queue that is full, in whole seconds. */
  get windowSeconds(): number {
    return Math.ceil(this.#deps.rate.admitWindowMs / 1000);
  }

  /** Forgets what was ended through any API process. */
  hear(announcements: readonly Announcement[]): void {
    for (const { name, outcome } of announcements) {
      if (outcome.state !== 'succeeded') continue;
      if (name === 'leave-queue') this.#forget((outcome.result as QueuePlace).number);
      if (name === 'pay-booking') this.#active.clear();
    }
  }

  /** The open place of a user, or undefined where there is none. */
  async placeOf(subject: string): Promise<QueueEntry | undefined> {
    const number = this.#waitingNumbers.get(subject);
    if (number !== undefined && !this.#isReached(number)) {
      return this.present({ number, state: 'waiting', expiresAt: null }, subject);
    }
    const place = await this.#deps.places.ofSubject(subject);
    if (!place) return undefined;
    const { state, expiresAt } = place;
    const expiry = expiresAt === null ? null : new Date(expiresAt).toISOString();
    return this.present({ number: place.number, state, expiresAt: expiry }, subject);
  }

  /** Whether a place still admits to booking. */
  async isActive(number: number): Promise<boolean> {
    if (this.#active.has(number)) return true;
    const isActive = await this.#deps.places.isActive(number);
    if (isActive) this.#active.set(number, true);
    return isActive;
  }

  /** A place as it was when it was taken, or as it is now where its number has been reached since. */
  async presentNow(place: QueuePlace, subject: string): Promise<QueueEntry> {
    if (place.state === 'waiting' && this.#isReached(place.number)) {
      const open = await this.placeOf(subject);
      if (open?.number === place.number) return open;
    }
    return this.present(place, subject);
  }

  /** Adds to a place what changes by the moment, and the token while it is active. */
  async present(place: QueuePlace, subject: string): Promise<QueueEntry> {
    const { number, state, expiresAt } = place;
    const { waiting } = this.#counters;
    if (state === 'active' && expiresAt !== null) {
      const expiry = Date.parse(expiresAt);
      const queueToken = await this.#deps.tokens.issue({ number, subject, expiresAt: expiry });
      return { ...place, position: 0, waiting, estimatedWaitSeconds: 0, queueToken };
    }
    if (state === 'ended') {
      return { ...place, position: 0, waiting, estimatedWaitSeconds: 0, queueToken: null };
    }
    this.#remember(subject, number);
    const position = this.#positionOf(number);
    return {
      ...place,
      position,
      // The counters may be older than the place.
      waiting: Math.max(waiting, position),
      estimatedWaitSeconds: this.#estimateSeconds(position),
      queueToken: null,
    };
  }

  /** Exact when nobody left, and never too small: numbers have no gaps and are admitted in order. */
  #positionOf(number: number): number {
    const { firstWaiting } = this.#counters;
    return firstWaiting === null ? 1 : Math.max(1, number - firstWaiting + 1);
  }

  /** The set rate, or what was admitted in the last minute while the ceiling holds people back. */
  #estimateSeconds(position: number): number {
    const { admitLimit, admitWindowMs, maxActive } = this.#deps.rate;
    const { active, admittedLastMinute } = this.#counters;
    const setPerSecond = (admitLimit / admitWindowMs) * 1000;
    const isHeldBack = active >= maxActive && admittedLastMinute > 0;
    const perSecond = isHeldBack ? Math.min(setPerSecond, admittedLastMinute / 60) : setPerSecond;
    return Math.ceil(position / perSecond);
  }

  #isReached(number: number): boolean {
    const { firstWaiting } = this.#counters;
    return firstWaiting === null || number <= firstWaiting;
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
