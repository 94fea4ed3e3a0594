/** The event queue of a simulation: acts sorted by their time, those of the same time in the order of insertion. */

type Act = () => void;

interface Entry {
  at: number;
  order: number;
  act: Act;
}

export class Agenda {
  /** A binary heap: no entry is later than its children. */
  readonly #heap: Entry[] = [];
  #order = 0;
  #now = 0;

  /** The simulated time, in s. */
  get now(): number {
    return this.#now;
  }

  /** @param at in s; not before now */
  put(at: number, act: Act): void {
    if (at < this.#now)
      throw new Error(`It is ${this.#now} s; an act at ${at} s would be in the past.`);
    const entry = { at, order: this.#order, act };
    this.#order += 1;
    let index = this.#heap.push(entry) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (isBefore(this.#at(above), entry)) break;
      this.#heap[index] = this.#at(above);
      index = above;
    }
    this.#heap[index] = entry;
  }

  /** Runs all acts, including those that they add, until none is left. */
  run(): void {
    for (let next = this.#take(); next; next = this.#take()) {
      this.#now = next.at;
      next.act();
    }
  }

  #take(): Entry | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first && last && first !== last) this.#sink(last);
    return first;
  }

  #sink(entry: Entry): void {
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= this.#heap.length) break;
      const isRightFirst =
        below + 1 < this.#heap.length && isBefore(this.#at(below + 1), this.#at(below));
      if (isRightFirst) below += 1;
      if (isBefore(entry, this.#at(below))) break;
      this.#heap[index] = this.#at(below);
      index = below;
    }
    this.#heap[index] = entry;
  }

  #at(index: number): Entry {
    return this.#heap[index] as Entry;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
