/**
 * How many commands a user may send in a window of ten seconds.
 *
 * Redis has the count, so it holds over all API processes. But a process decides from what it knows, and
 * waits for nobody: it counts what it lets in itself, hears from Redis what the others let in, and tells
 * Redis of its own in bundles. Of a user with few commands it tells nothing, so that the many who
 * behave cost no round trip: each process keeps up to 1 % of the limit to itself.
 */
import { LRUCache } from 'lru-cache';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { RedisConnection } from './redis.ts';

const WINDOW_SECONDS = 10;
const WINDOW_MS = WINDOW_SECONDS * 1000;
/** How long commands are gathered before Redis hears of them, in ms. */
const TELL_AFTER_MS = 20;
/** The share of the limit that a process does not tell Redis of. */
const UNTOLD_SHARE = 0.01;
/** Users of whom a process keeps count. Those who sent nothing for longest are forgotten first. */
const USERS_MAX = 100_000;

interface Count {
  /** What Redis knows of, over all processes, as far as this one has heard. */
  told: number;
  /** What this process let in and has not told yet. */
  untold: number;
  /** In ms since 1970. */
  endsAt: number;
}

export interface RateLimitSettings {
  redisPrefix: string;
  /** Commands a user and window; 0 for no limit. */
  rateLimit: number;
  /** In ms since 1970. */
  now(): number;
}

export class RateLimit {
  readonly #limit: number;
  readonly #now: () => number;
  readonly #untoldMax: number;
  readonly #redis: RateLimiterRedis;
  readonly #counts = new LRUCache<string, Count>({ max: USERS_MAX });
  readonly #toTell = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(redis: RedisConnection, { redisPrefix, rateLimit, now }: RateLimitSettings) {
    this.#limit = rateLimit;
    this.#now = now;
    this.#untoldMax = Math.floor(rateLimit * UNTOLD_SHARE);
    this.#redis = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: `${redisPrefix}:rate`,
      points: rateLimit,
      duration: WINDOW_SECONDS,
    });
  }

  /**
   * Counts a command in, unless the user has sent too many.
   * @returns 0 where it may go on; else in how many seconds the window ends, at least 1
   */
  admit(subject: string): number {
    if (this.#limit === 0) return 0;
    const now = this.#now();
    const count = this.#countOf(subject, now);
    if (count.told + count.untold >= this.#limit) return Math.ceil((count.endsAt - now) / 1000);
    count.untold += 1;
    if (count.untold > this.#untoldMax) this.#tellSoon(subject);
    return 0;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #countOf(subject: string, now: number): Count {
    const known = this.#counts.get(subject);
    if (known && known.endsAt > now) return known;
    const count = { told: 0, untold: 0, endsAt: now + WINDOW_MS };
    this.#counts.set(subject, count);
    return count;
  }

  #tellSoon(subject: string): void {
    this.#toTell.add(subject);
    this.#timer ??= setTimeout(() => this.#tellAll(), TELL_AFTER_MS);
  }

  #tellAll(): void {
    this.#timer = undefined;
    for (const subject of this.#toTell) {
      const count = this.#counts.get(subject);
      // While Redis is away this process's own count has to do; no command gets in then anyway.
      if (count) this.#tell(subject, count).catch(() => undefined);
    }
    this.#toTell.clear();
  }

  async #tell(subject: string, count: Count): Promise<void> {
    const telling = count.untold;
    count.untold = 0;
    count.told += telling;
    const { consumedPoints, msBeforeNext } = await this.#redis.penalty(subject, telling);
    // Others may have been counted too. The window is Redis's: it began with the first who told of this user.
    count.told = Math.max(count.told, consumedPoints);
    count.endsAt = this.#now() + msBeforeNext;
  }
}
