/**
 * A timer wheel: keeps one due time each for hundreds of thousands of users, at the cost of an array slot. A timer of Node.js for each of them
 * would cost more than the request that it starts.
 */

const SLOT_MS = 10;

export class TimerWheel {
  readonly #slots: number[][];
  /** The slots that have passed since the beginning. */
  #tick = 0;
  #size = 0;

  /** @param horizonMs the longest delay */
  constructor(horizonMs: number) {
    this.#slots = Array.from({ length: Math.ceil(horizonMs / SLOT_MS) + 2 }, () => []);
  }

  /** How many items are scheduled. */
  get size(): number {
    return this.#size;
  }

  /** Schedules an item that is due after a delay, counted from the last call of `advance`. */
  put(item: number, delayMs: number): void {
    const slots = Math.max(1, Math.ceil(delayMs / SLOT_MS));
    if (slots >= this.#slots.length) {
      throw new Error(`A delay of ${delayMs} ms is beyond the horizon of the wheel.`);
    }
    this.#slots[(this.#tick + slots) % this.#slots.length]?.push(item);
    this.#size += 1;
  }

  /** Hands over all items that are due. @param nowMs since the beginning */
  advance(nowMs: number, onDue: (item: number) => void): void {
    const until = Math.floor(nowMs / SLOT_MS);
    while (this.#tick < until) {
      this.#tick += 1;
      const index = this.#tick % this.#slots.length;
      const due = this.#slots[index] as number[];
      if (due.length === 0) continue;
      this.#slots[index] = [];
      this.#size -= due.length;
      for (const item of due) onDue(item);
    }
  }
}
