/**
 * Limits the concurrent requests to one receiver, and pauses it after several consecutive failures, like a circuit
 * breaker. Times are in ms of a monotonic clock.
 */
import type { EpochMs } from '../../../src/commands/epoch-ms.ts';
import type { Receivers } from './receivers.ts';

/** Maximum of concurrent requests to one receiver, per process. */
export const SENDING_MAX = 10;
/** Maximum of messages of a responding receiver that wait in the process for a request slot. */
const HELD_MAX = 200;
/** Consecutive failures after which the receiver is paused. */
const FAILURES_MAX = 5;
/** Factor by which each pause is longer than the one before, up to PAUSE_MS_MAX. */
const PAUSE_FACTOR = 2;
const PAUSE_MS_MAX = 60_000;
const EXPECTED_MS_MIN = 5;
/** Weight of the newest duration in the moving average. */
const NEWEST_SHARE = 0.2;
/** Minimum delay of a postponed message. */
const TURN_MS_MIN = 100;

export class Receiver {
  #sending = 0;
  #held: ((waitMs: number) => void)[] = [];
  #hasAnswered = false;
  #failures = 0;
  #pauseMs: number;
  #pausedUntil = 0;
  /** Moving average of request durations. */
  #expectedMs = EXPECTED_MS_MIN;
  /** When the next postponed message should return. */
  #nextTurnAt = 0;
  readonly #firstPauseMs: number;
  readonly #all: Receivers;

  /** @param firstPauseMs how long the first pause lasts @param all the receivers of the process */
  constructor(firstPauseMs: number, all: Receivers) {
    this.#all = all;
    this.#firstPauseMs = firstPauseMs;
    this.#pauseMs = firstPauseMs;
  }

  /** Number of messages that wait here for a request slot. */
  get heldCount(): number {
    return this.#held.length;
  }

  /** Whether messages are postponed beyond `now`. */
  isBehind(now: EpochMs): boolean {
    return this.#nextTurnAt > now;
  }

  /** Whether the receiver is paused, or is being tested with one message after a pause. */
  get #isOnTrial(): boolean {
    return this.#failures >= FAILURES_MAX;
  }

  /**
   * Acquires a request slot, which `succeeded`, `failed` or `withdrawn` releases. Messages may wait here only while the
   * receiver responds, so that an unavailable one does not use the capacity of others.
   * @returns 0, or after how many ms the message must try again
   */
  enter(now: EpochMs): number | Promise<number> {
    if (this.#isOnTrial) {
      if (now >= this.#pausedUntil && this.#sending === 0) return this.#start();
      return this.#turnFrom(now, Math.max(this.#pausedUntil - now, TURN_MS_MIN));
    }
    if (this.#sending < SENDING_MAX) return this.#start();
    if (this.#hasAnswered && this.#held.length < HELD_MAX && this.#all.tryHold(this, now)) {
      return new Promise((resolve) => this.#held.push(resolve));
    }
    return this.#turnFrom(now, TURN_MS_MIN);
  }

  /** The receiver responded to a request. @param ms how long it took */
  succeeded(ms: number): void {
    this.#hasAnswered = true;
    this.#failures = 0;
    this.#pauseMs = this.#firstPauseMs;
    this.#note(ms);
    this.#end();
  }

  /** A request failed or was refused. @param ms how long it took */
  failed(now: EpochMs, ms: number): void {
    this.#hasAnswered = false;
    this.#failures += 1;
    if (this.#isOnTrial && now >= this.#pausedUntil) {
      this.#pausedUntil = now + this.#pauseMs;
      this.#pauseMs = Math.min(this.#pauseMs * PAUSE_FACTOR, PAUSE_MS_MAX);
    }
    this.#note(ms);
    if (this.#isOnTrial) this.letGo(this.#pausedUntil - now);
    this.#end();
  }

  /** No request was sent. */
  withdrawn(): void {
    this.#end();
  }

  /** Postpones all messages that wait here by `waitMs`. */
  letGo(waitMs = 1): void {
    const held = this.#held.splice(0);
    this.#all.heldNoMore(held.length);
    for (const resolve of held) resolve(waitMs);
  }

  /** Postpones the newest waiting message, to free its capacity for another receiver. */
  letGoNewest(now: EpochMs): void {
    const newest = this.#held.pop();
    if (!newest) return;
    this.#all.heldNoMore(1);
    newest(this.#turnFrom(now, TURN_MS_MIN));
  }

  #start(): 0 {
    this.#sending += 1;
    return 0;
  }

  #end(): void {
    this.#sending -= 1;
    const next = this.#held.shift();
    if (!next) return;
    this.#all.heldNoMore(1);
    next(this.#start());
  }

  /**
   * Postponed messages return one after another, about as fast as the receiver accepts them. They return sooner if few
   * receivers are behind, because the receiver may have become faster.
   */
  #turnFrom(now: EpochMs, soonestMs: number): number {
    const apartMs = Math.min(this.#expectedMs / SENDING_MAX, this.#all.backEveryMs(now));
    this.#nextTurnAt = Math.max(now + soonestMs, this.#nextTurnAt + apartMs);
    return this.#nextTurnAt - now;
  }

  #note(ms: number): void {
    const expected = this.#expectedMs + (ms - this.#expectedMs) * NEWEST_SHARE;
    this.#expectedMs = Math.max(EXPECTED_MS_MIN, expected);
  }
}
