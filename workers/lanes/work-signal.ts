/**
 * Sleeps until there may be something to do: a job was added to one of the lanes (its mark is on the lane's
 * marker key), or somebody in this process says so.
 */
import { duplicate, type RedisConnection } from '../../src/lanes/redis.ts';

/** How long the marks are waited for at a time, in s: one can be lost. */
const IDLE_SECONDS = 1;
const PAUSE_AFTER_ERROR_MS = 100;

export interface Look {
  /** Resolves at once where something has happened since `begin`. @param isIdle marks count too */
  wait(isIdle: boolean): Promise<void>;
}

export class LaneMarks {
  readonly #redis: RedisConnection;
  /** A connection that waits can do nothing else. Opened when it is first needed. */
  #waiting: RedisConnection | undefined;
  #keys: readonly string[] = [];
  #isAsking = false;
  #events = 0;
  #wake: () => void = () => undefined;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  /** The keys to wait for from now on. */
  watch(keys: readonly string[]): void {
    this.#keys = keys;
    // The question under way asks for others: it is broken off, and asked anew.
    if (this.#isAsking) this.rest();
    this.wake();
  }

  /** Something has happened: whoever waits goes on, and whoever is about to does not wait. */
  wake(): void {
    this.#events += 1;
    this.#wake();
  }

  /** To be called before one looks for work; what happens from then on is not missed. */
  begin(): Look {
    const before = this.#events;
    return {
      wait: (isIdle) => {
        if (this.#events !== before) return Promise.resolve();
        if (isIdle) void this.#ask();
        return new Promise((resolve) => {
          this.#wake = resolve;
        });
      },
    };
  }

  /**
   * Cancels the BZPOPMIN in flight and closes its connection. During a reconnect BZPOPMIN may never settle, so nothing
   * awaits it.
   */
  rest(): void {
    this.#waiting?.disconnect();
    this.#waiting = undefined;
    this.#isAsking = false;
  }

  /** One question at a time, however often the waiting begins anew. */
  async #ask(): Promise<void> {
    if (this.#isAsking || this.#keys.length === 0) return;
    this.#isAsking = true;
    const waiting = this.#waiting ?? this.#open();
    this.#waiting = waiting;
    const isBrokenOff = () => this.#waiting !== waiting;
    try {
      await waiting.bzpopmin(...(this.#keys as [string]), IDLE_SECONDS);
    } catch {
      if (!isBrokenOff()) await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_ERROR_MS));
    }
    if (isBrokenOff()) return;
    this.#isAsking = false;
    this.wake();
  }

  #open(): RedisConnection {
    const redis = duplicate(this.#redis);
    redis.on('error', () => undefined);
    return redis;
  }
}
