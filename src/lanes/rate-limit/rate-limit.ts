/**
 * Limits the commands of a user within any ten seconds.
 *
 * Redis keeps the counts, so the limit holds across all API processes. A process decides from memory without waiting for
 * Redis: it counts the commands it admits, reports them to Redis in batches, and receives the counts of the other
 * processes in reply. It does not report users with few commands, so they cost no round trip: each process may leave up
 * to 1 % of the limit unreported.
 */
import { LRUCache } from 'lru-cache';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { readLua } from '../read-lua.ts';
import type { RedisConnection } from '../redis/redis.ts';
import { oldestSlot, SlidingWindow, WINDOW_MS } from './sliding-window.ts';

/** How long commands are batched before they are reported to Redis, in ms. */
const TELL_AFTER_MS = 20;
/** The share of the limit that a process may leave unreported. */
const UNTOLD_SHARE = 0.01;
/** Users that a process counts; the least recently active ones are evicted first. */
const USERS_MAX = 100_000;

const TELL = readLua(import.meta.dirname, 'rate-limit.lua');

interface TellScript {
  tellRate(key: string, oldest: number, keptMs: number, ...counts: number[]): Promise<number[]>;
}

export interface RateLimitSettings {
  redisPrefix: string;
  /** Commands per user within ten seconds; 0 disables the limit. */
  rateLimit: number;
  /** In ms since 1970, by a clock that all processes share. */
  now(): EpochMs;
}

export class RateLimit {
  readonly #limit: number;
  readonly #now: () => EpochMs;
  readonly #untoldMax: number;
  readonly #redis: RedisConnection & TellScript;
  readonly #prefix: string;
  readonly #windows = new LRUCache<string, SlidingWindow>({ max: USERS_MAX });
  readonly #toTell = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(redis: RedisConnection, { redisPrefix, rateLimit, now }: RateLimitSettings) {
    redis.defineCommand('tellRate', { lua: TELL, numberOfKeys: 1 });
    this.#redis = redis as RedisConnection & TellScript;
    this.#prefix = `${redisPrefix}:sent`;
    this.#limit = rateLimit;
    this.#now = now;
    this.#untoldMax = Math.floor(rateLimit * UNTOLD_SHARE);
  }

  /**
   * Counts a command unless the user has reached the limit.
   * @returns 0 if the command is admitted; otherwise the seconds until the next one will be, at least 1
   */
  admit(subject: string): number {
    if (this.#limit === 0) return 0;
    const now = this.#now();
    const window = this.#windowOf(subject);
    if (window.total(now) >= this.#limit) {
      return Math.ceil(window.msUntilBelow(this.#limit, now) / 1000);
    }
    window.add(now);
    if (window.untold > this.#untoldMax) this.#tellSoon(subject);
    return 0;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #windowOf(subject: string): SlidingWindow {
    const known = this.#windows.get(subject);
    if (known) return known;
    const window = new SlidingWindow();
    this.#windows.set(subject, window);
    return window;
  }

  #tellSoon(subject: string): void {
    this.#toTell.add(subject);
    this.#timer ??= setTimeout(() => this.#tellAll(), TELL_AFTER_MS);
  }

  #tellAll(): void {
    this.#timer = undefined;
    for (const subject of this.#toTell) {
      const window = this.#windows.get(subject);
      // While Redis is unavailable, no command can be enqueued, so the local count suffices.
      if (window) this.#tell(subject, window).catch(() => undefined);
    }
    this.#toTell.clear();
  }

  async #tell(subject: string, window: SlidingWindow): Promise<void> {
    const oldest = oldestSlot(this.#now());
    const untold = window.takeUntold().flat();
    const key = `${this.#prefix}:${subject}`;
    const counts = await this.#redis.tellRate(key, oldest, 2 * WINDOW_MS, ...untold);
    const now = this.#now();
    for (let at = 0; at < counts.length; at += 2) {
      window.merge(counts[at] as number, counts[at + 1] as number, now);
    }
  }
}
