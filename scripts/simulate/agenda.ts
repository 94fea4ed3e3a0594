/** What happens next in a simulated world: acts by their time, those of one time in the order in which they were put. */

type Act = () => void;

interface Entry {
  at: number;
  order: number;
  act: Act;
}

export class Agenda {
  /** A binary heap: no entry is later than those below it. */
  readonly #heap: Entry[] = [];
  #order = 0;
  #now = 0;

  /** The time in the simulated world, in s. */
  get now(): number {
    return this.#now;
  }

  /** @param at in s; not before now */
  put(at: number, act: Act): void {
    if (at < this.#now) throw new Error(`It is ${this.#now} s: nothing can happen at ${at} s.`);
    const entry = { at, order: this.#order, act };
    this.#order += 1;
    let place = this.#heap.push(entry) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (isBefore(this.#at(above), entry)) break;
      this.#heap[place] = this.#at(above);
      place = above;
    }
    this.#heap[place] = entry;
  }

  /** Lets everything happen until nothing is left. */
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
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= this.#heap.length) break;
      const isRightFirst =
        below + 1 < this.#heap.length && isBefore(this.#at(below + 1), this.#at(below));
      if (isRightFirst) below += 1;
      if (isBefore(entry, this.#at(below))) break;
      this.#heap[place] = this.#at(below);
      place = below;
    }
    this.#heap[place] = entry;
  }

  #at(place: number): Entry {
    return this.#heap[place] as Entry;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
