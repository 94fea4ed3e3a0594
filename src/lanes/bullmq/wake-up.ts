/** Waits for the mark that BullMQ and `add.lua` put on a queue's marker key when there may be a job to take. */
import { duplicate, type RedisConnection } from '../redis/redis.ts';

/** How long a mark is waited for at a time, in s: one can be lost. */
const WAIT_SECONDS = 1;
const PAUSE_AFTER_ERROR_MS = 100;

export class WakeUp {
  readonly #redis: RedisConnection;
  /** A connection that waits can do nothing else. Opened when it is first needed. */
  #waiting: RedisConnection | undefined;
  #end: () => void = () => undefined;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  /** Waits for a mark on one of these keys, for a second at most. Never rejects. One wait at a time. */
  async wait(keys: readonly string[]): Promise<void> {
    const redis = this.#waiting ?? this.#open();
    this.#waiting = redis;
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.#end = resolve;
    await Promise.race([this.#ask(redis, keys), ended]);
  }

  /**
   * Ends the wait in progress, and closes its connection. During a reconnect BZPOPMIN may never settle, so nothing waits for
   * it.
   */
  stop(): void {
    this.#waiting?.disconnect();
    this.#waiting = undefined;
    this.#end();
  }

  async #ask(redis: RedisConnection, keys: readonly string[]): Promise<void> {
    try {
      await redis.bzpopmin(...(keys as [string]), WAIT_SECONDS);
    } catch {
      if (redis !== this.#waiting) return;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_ERROR_MS));
    }
  }

  #open(): RedisConnection {
    const redis = duplicate(this.#redis);
    redis.on('error', () => undefined);
    return redis;
  }
}
