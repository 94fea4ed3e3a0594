/**
 * Counts one user's commands of the last ten seconds in slots of 100 ms. A slot counts until ten seconds after its last
 * command, so the count is never lower than the true count of any ten-second window.
 */
import type { EpochMs } from '../../commands/epoch-ms.ts';

export const WINDOW_MS = 10_000;
const SLOT_MS = 100;

interface SlotCount {
  readonly slot: number;
  /** When its last command arrived, in ms since 1970. */
  lastAt: EpochMs;
  /** The commands of all processes in Redis, as of the last reply. */
  told: number;
  /** The commands that this process admitted and has not reported to Redis. */
  untold: number;
}

/** The slot of a moment, in ms since 1970. */
const slotOf = (now: EpochMs) => Math.floor(now / SLOT_MS);

/** The oldest slot that still counts at a moment, in ms since 1970. */
export const oldestSlot = (now: EpochMs) => slotOf(now - WINDOW_MS);

export class SlidingWindow {
  /** By slot, oldest first. */
  #counts: SlotCount[] = [];
  #told = 0;
  #untold = 0;

  /** All commands that count at a moment, in ms since 1970. */
  total(now: EpochMs): number {
    this.#forgetUntil(now - WINDOW_MS);
    return this.#told + this.#untold;
  }

  /** Commands not reported to Redis yet. */
  get untold(): number {
    return this.#untold;
  }

  /** Counts a command. @param now in ms since 1970 */
  add(now: EpochMs): void {
    const count = this.#at(slotOf(now));
    count.untold += 1;
    count.lastAt = Math.max(count.lastAt, now);
    this.#untold += 1;
  }

  /**
   * When fewer than `limit` commands will count, if none are added.
   * @returns ms from `now`; 0 if there are fewer than `limit` already
   */
  msUntilBelow(limit: number, now: EpochMs): number {
    let left = this.total(now);
    if (left < limit) return 0;
    for (const { lastAt, told, untold } of this.#counts) {
      left -= told + untold;
      if (left < limit) return lastAt + WINDOW_MS - now;
    }
    return WINDOW_MS;
  }

  /** Returns the unreported commands by slot and marks them as reported. */
  takeUntold(): [slot: number, count: number][] {
    const taken: [number, number][] = [];
    for (const count of this.#counts) {
      if (count.untold === 0) continue;
      taken.push([count.slot, count.untold]);
      count.told += count.untold;
      count.untold = 0;
    }
    this.#told += this.#untold;
    this.#untold = 0;
    return taken;
  }

  /**
   * Merges Redis's count of a slot. The local count never decreases, even if Redis has lost its data.
   * @param now in ms since 1970, an upper bound for the other processes' commands
   */
  merge(slot: number, told: number, now: EpochMs): void {
    const count = this.#at(slot);
    if (told <= count.told) return;
    count.lastAt = Math.max(count.lastAt, Math.min((slot + 1) * SLOT_MS, now));
    this.#told += told - count.told;
    count.told = told;
  }

  #at(slot: number): SlotCount {
    const index = this.#counts.findLastIndex((count) => count.slot <= slot);
    const found = this.#counts[index];
    if (found?.slot === slot) return found;
    const made = { slot, lastAt: 0, told: 0, untold: 0 };
    this.#counts.splice(index + 1, 0, made);
    return made;
  }

  #forgetUntil(past: number): void {
    let old = 0;
    for (const { lastAt, told, untold } of this.#counts) {
      if (lastAt > past) break;
      old += 1;
      this.#told -= told;
      this.#untold -= untold;
    }
    if (old > 0) this.#counts.splice(0, old);
  }
}
