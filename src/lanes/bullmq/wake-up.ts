/** Waits for the marker that BullMQ and `add.lua` set on a queue's marker key when a job may be available. */
import { setTimeout as sleep } from 'node:timers/promises';
import { duplicate, type RedisConnection } from '../redis/redis.ts';

/** The longest wait for a marker, in s, because a marker can be lost. */
const WAIT_SECONDS = 1;
const PAUSE_AFTER_ERROR_MS = 100;

export class WakeUp {
  readonly #redis: RedisConnection;
  /** A dedicated connection, because the wait blocks it. Opened on first use. */
  #waiting: RedisConnection | undefined;
  #end: () => void = () => undefined;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  /** Waits up to a second for a marker on one of these keys. Never rejects. One wait at a time. */
  async wait(keys: readonly string[]): Promise<void> {
    const redis = this.#waiting ?? this.#open();
    this.#waiting = redis;
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.#end = resolve;
    await Promise.race([this.#ask(redis, keys), ended]);
  }

  /**
   * Ends the wait in progress and closes its connection. During a reconnect BZPOPMIN may never settle, so nothing awaits
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
      await sleep(PAUSE_AFTER_ERROR_MS);
    }
  }

  #open(): RedisConnection {
    const redis = duplicate(this.#redis);
    redis.on('error', () => undefined);
    return redis;
  }
}
