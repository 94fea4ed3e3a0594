/**
 * The receivers of a process. The room for messages that wait in it and the rate at which messages come back are limits for all
 * receivers together, so that slow ones leave room and time for the others.
 */
import { Receiver } from './receiver.ts';

/** Messages that wait in the process for requests to end. */
const HELD_MAX = 1000;
/** How far apart messages come back that were put off, of all receivers together, in ms. */
const BACK_EVERY_MS = 3;

export class Receivers {
  readonly #receivers = new Map<number, Receiver>();
  readonly #firstPauseMs: number;
  readonly #heldMax: number;
  #heldCount = 0;

  /** @param firstPauseMs how long the first pause of a receiver lasts */
  constructor(firstPauseMs: number, heldMax = HELD_MAX) {
    this.#firstPauseMs = firstPauseMs;
    this.#heldMax = heldMax;
  }

  /** The receiver of a webhook. */
  of(webhookId: number): Receiver {
    const known = this.#receivers.get(webhookId);
    if (known) return known;
    const receiver = new Receiver(this.#firstPauseMs, this);
    this.#receivers.set(webhookId, receiver);
    return receiver;
  }

  /** The webhook was removed. */
  forget(webhookId: number): void {
    this.#receivers.delete(webhookId);
  }

  /** Messages that wait in this process go back into the queue. */
  letGo(): void {
    for (const receiver of this.#receivers.values()) receiver.letGo();
  }

  /**
   * Takes room for one more message of a receiver. Where there is none, the receiver with the most gives way to one with
   * fewer.
   */
  tryHold({ heldCount }: Receiver, now: number): boolean {
    if (this.#heldCount >= this.#heldMax) {
      const most = this.#withMostHeld();
      // Otherwise two receivers would take the last room from each other for ever.
      if (!most || most.heldCount <= heldCount + 1) return false;
      most.letGoNewest(now);
    }
    this.#heldCount += 1;
    return true;
  }

  /** Gives back the room of messages that wait no more. */
  heldNoMore(count: number): void {
    this.#heldCount -= count;
  }

  /** How far apart the messages of one receiver may come back at most, in ms: it shares the process with all that are behind. */
  backEveryMs(now: number): number {
    let behind = 0;
    for (const receiver of this.#receivers.values()) if (receiver.isBehind(now)) behind += 1;
    return BACK_EVERY_MS * Math.max(1, behind);
  }

  #withMostHeld(): Receiver | undefined {
    let most: Receiver | undefined;
    for (const each of this.#receivers.values()) {
      if (each.heldCount > (most?.heldCount ?? 0)) most = each;
    }
    return most;
  }
}
