/**
 * The share that one receiver has of a process's deliveries: so many requests at a time, and none for a while after
 * several failed in a row. Times in ms of a clock that only goes forward.
 */
import type { Receivers } from './receivers.ts';

/** Requests to one receiver at a time, in one process. */
export const SENDING_MAX = 10;
/** Messages that wait in the process for these to end, while the receiver answers and the others leave room. */
const HELD_MAX = 200;
/** Failures in a row after which nothing is sent for a while. */
const FAILURES_MAX = 5;
/** How much longer each pause is than the one before, up to a bound. */
const PAUSE_FACTOR = 2;
const PAUSE_MS_MAX = 60_000;
const EXPECTED_MS_MIN = 5;
/** How much a new duration counts against those before. */
const NEWEST_SHARE = 0.2;
/** The least that a message waits for its turn. */
const TURN_MS_MIN = 100;

export class Receiver {
  #sending = 0;
  #held: ((waitMs: number) => void)[] = [];
  #hasAnswered = false;
  #failures = 0;
  #pauseMs: number;
  #pausedUntil = 0;
  /** How long a request takes, on average. */
  #expectedMs = EXPECTED_MS_MIN;
  /** When the next message that finds no room is to come back. */
  #nextTurnAt = 0;
  readonly #firstPauseMs: number;
  readonly #all: Receivers;

  /** @param firstPauseMs how long the first pause lasts @param all the receivers of the process */
  constructor(firstPauseMs: number, all: Receivers) {
    this.#all = all;
    this.#firstPauseMs = firstPauseMs;
    this.#pauseMs = firstPauseMs;
  }

  /** Messages that wait here for a request to end. */
  get heldCount(): number {
    return this.#held.length;
  }

  /** Whether messages were put off until later than now. */
  isBehind(now: number): boolean {
    return this.#nextTurnAt > now;
  }

  /** Whether it is paused, or tried with one message after a pause. */
  get #isOnTrial(): boolean {
    return this.#failures >= FAILURES_MAX;
  }

  /**
   * Takes a place for a request; `succeeded`, `failed` or `withdrawn` gives it back. A receiver that answers may keep
   * some messages waiting here; any other keeps none, so that it takes nothing from the others.
   * @returns 0, or in how many ms the message has to ask again
   */
  enter(now: number): number | Promise<number> {
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

  /** A request was answered. @param ms how long it took */
  succeeded(ms: number): void {
    this.#hasAnswered = true;
    this.#failures = 0;
    this.#pauseMs = this.#firstPauseMs;
    this.#note(ms);
    this.#end();
  }

  /** A request was not answered, or refused. @param ms how long it took */
  failed(now: number, ms: number): void {
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

  /** Nothing was sent after all. */
  withdrawn(): void {
    this.#end();
  }

  /** The messages that wait here have to ask again, from `waitMs` on. */
  letGo(waitMs = 1): void {
    const held = this.#held.splice(0);
    this.#all.heldNoMore(held.length);
    for (const resolve of held) resolve(waitMs);
  }

  /** The message that came last has to ask again: its room is for another receiver. */
  letGoNewest(now: number): void {
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
   * Messages that find no room come back one after another, about as fast as the receiver takes them; sooner where few
   * receivers are behind, because it may become faster.
   */
  #turnFrom(now: number, soonestMs: number): number {
    const apartMs = Math.min(this.#expectedMs / SENDING_MAX, this.#all.backEveryMs(now));
    this.#nextTurnAt = Math.max(now + soonestMs, this.#nextTurnAt + apartMs);
    return this.#nextTurnAt - now;
  }

  #note(ms: number): void {
    const expected = this.#expectedMs + (ms - this.#expectedMs) * NEWEST_SHARE;
    this.#expectedMs = Math.max(EXPECTED_MS_MIN, expected);
  }
}
