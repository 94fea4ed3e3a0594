/**
 * Commands of one user within the last ten seconds, by slots of 100 ms. All commands of a slot count until ten seconds
 * after the last of them, so that no window of ten seconds ever holds more than what is counted here.
 */

export const WINDOW_MS = 10_000;
const SLOT_MS = 100;

interface SlotCount {
  readonly slot: number;
  /** When its last command came, in ms since 1970. */
  lastAt: number;
  /** What Redis knows of, over all processes, as far as this one has heard. */
  told: number;
  /** What this process let in and has not told Redis. */
  untold: number;
}

/** The slot of a moment, in ms since 1970. */
const slotOf = (now: number) => Math.floor(now / SLOT_MS);

/** The oldest slot that still counts at a moment, in ms since 1970. */
export const oldestSlot = (now: number) => slotOf(now - WINDOW_MS);

export class SlidingWindow {
  /** By slot, the oldest first. */
  #counts: SlotCount[] = [];
  #told = 0;
  #untold = 0;

  /** All commands that count at a moment, in ms since 1970. */
  total(now: number): number {
    this.#forgetUntil(now - WINDOW_MS);
    return this.#told + this.#untold;
  }

  /** Commands that Redis has not been told of. */
  get untold(): number {
    return this.#untold;
  }

  /** Counts a command. @param now in ms since 1970 */
  add(now: number): void {
    const count = this.#at(slotOf(now));
    count.untold += 1;
    count.lastAt = Math.max(count.lastAt, now);
    this.#untold += 1;
  }

  /**
   * When fewer than `limit` commands will count, if none are added.
   * @returns in ms from `now`, more than 0 where they do not already
   */
  msUntilBelow(limit: number, now: number): number {
    let left = this.total(now);
    if (left < limit) return 0;
    for (const { lastAt, told, untold } of this.#counts) {
      left -= told + untold;
      if (left < limit) return lastAt + WINDOW_MS - now;
    }
    return WINDOW_MS;
  }

  /** What Redis has not been told of, by slot; from now on it counts as told. */
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
   * Takes over what Redis knows of a slot. A Redis that has lost its counts lowers none.
   * @param now in ms since 1970: commands of other processes came before it
   */
  hear(slot: number, told: number, now: number): void {
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
