/**
 * The receivers of a process. All receivers share the limits on waiting messages and on the rate at which postponed
 * messages return, so that slow receivers leave capacity for the others.
 */
import type { EpochMs } from '../../../src/commands/epoch-ms.ts';
import { Receiver } from './receiver.ts';

/** Maximum of messages that wait in the process for a request slot. */
const HELD_MAX = 1000;
/** Interval at which postponed messages return, over all receivers, in ms. */
const BACK_EVERY_MS = 3;

export class Receivers {
  readonly #receivers = new Map<number, Receiver>();
  readonly #firstPauseMs: number;
  readonly #heldMax: number;
  #heldCount = 0;

  /** @param firstPauseMs length of a receiver's first pause, in ms @param heldMax maximum of waiting messages */
  constructor(firstPauseMs: number, heldMax = HELD_MAX) {
    this.#firstPauseMs = firstPauseMs;
    this.#heldMax = heldMax;
  }

  /** Returns the receiver of a webhook. */
  of(webhookId: number): Receiver {
    const known = this.#receivers.get(webhookId);
    if (known) return known;
    const receiver = new Receiver(this.#firstPauseMs, this);
    this.#receivers.set(webhookId, receiver);
    return receiver;
  }

  /** Call this when the webhook was removed. */
  forget(webhookId: number): void {
    this.#receivers.delete(webhookId);
  }

  /** Returns the messages that wait in this process to the queue. */
  letGo(): void {
    for (const receiver of this.#receivers.values()) receiver.letGo();
  }

  /**
   * Acquires capacity for one more waiting message. If none is left, the receiver with the most waiting messages gives up
   * one to a receiver with fewer.
   */
  tryHold({ heldCount }: Receiver, now: EpochMs): boolean {
    if (this.#heldCount >= this.#heldMax) {
      const most = this.#withMostHeld();
      // Without this, two receivers would take the last slot from each other forever.
      if (!most || most.heldCount <= heldCount + 1) return false;
      most.letGoNewest(now);
    }
    this.#heldCount += 1;
    return true;
  }

  /** Releases the capacity of messages that no longer wait. */
  heldNoMore(count: number): void {
    this.#heldCount -= count;
  }

  /** Maximum interval at which one receiver's messages return, in ms. All receivers that are behind share the rate. */
  backEveryMs(now: EpochMs): number {
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
