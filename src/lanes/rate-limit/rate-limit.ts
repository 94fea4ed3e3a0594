/**
 * How many commands a user may send within any ten seconds.
 *
 * Redis has the count, so it holds over all API processes. But a process decides from what it knows, and
 * waits for nobody: it counts what it lets in itself, hears from Redis what the others let in, and tells
 * Redis of its own in bundles. Of a user with few commands it tells nothing, so that the many who
 * behave cost no round trip: each process keeps up to 1 % of the limit to itself.
 */
import { LRUCache } from 'lru-cache';
import { readLua } from '../read-lua.ts';
import type { RedisConnection } from '../redis/redis.ts';
import { oldestSlot, SlidingWindow, WINDOW_MS } from './sliding-window.ts';

/** How long commands are gathered before Redis hears of them, in ms. */
const TELL_AFTER_MS = 20;
/** The share of the limit that a process does not tell Redis of. */
const UNTOLD_SHARE = 0.01;
/** Users of whom a process keeps count. Those who sent nothing for longest are forgotten first. */
const USERS_MAX = 100_000;

const TELL = readLua(import.meta.dirname, 'rate-limit.lua');

interface TellScript {
  tellRate(key: string, oldest: number, keptMs: number, ...counts: number[]): Promise<number[]>;
}

export interface RateLimitSettings {
  redisPrefix: string;
  /** Commands a user within ten seconds; 0 for no limit. */
  rateLimit: number;
  /** In ms since 1970, by a clock that all processes share. */
  now(): number;
}

export class RateLimit {
  readonly #limit: number;
  readonly #now: () => number;
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
   * Counts a command in, unless the user has sent too many.
   * @returns 0 where it may go on; else in how many seconds the next one may, at least 1
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
      // While Redis is away this process's own count has to do; no command gets in then anyway.
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
      window.hear(counts[at] as number, counts[at + 1] as number, now);
    }
  }
}
