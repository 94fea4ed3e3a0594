/**
 * Something that works on one thing after another: a process, a Redis node, the cores of PostgreSQL. First come, first
 * served. It also counts how busy it is.
 */

/** How finely its work is counted over time, in s. */
const BIN_SECONDS = 10;

export class Station {
  /** When each of its servers will have finished what it has, in s. */
  readonly #freeAt: number[];
  readonly #work: number[] = [];

  constructor(servers = 1) {
    this.#freeAt = new Array<number>(servers).fill(0);
  }

  /**
   * Takes something on. Calls come in the order of their time.
   * @param seconds of work
   * @param stretch how much longer it takes, because something else is done between
   * @returns when it is done, in s
   */
  serve(now: number, seconds: number, stretch = 1): number {
    let first = 0;
    for (let server = 1; server < this.#freeAt.length; server += 1) {
      if ((this.#freeAt[server] as number) < (this.#freeAt[first] as number)) first = server;
    }
    const begins = Math.max(now, this.#freeAt[first] as number);
    const done = begins + seconds * stretch;
    this.#freeAt[first] = done;
    this.note(begins, seconds);
    return done;
  }

  /** Counts work that is done between all else, and holds nothing up by itself. */
  note(at: number, seconds: number): void {
    const bin = Math.floor(at / BIN_SECONDS);
    while (this.#work.length <= bin) this.#work.push(0);
    this.#work[bin] = (this.#work[bin] as number) + seconds;
  }

  /** The share of its time that it is busy, over all of it until `end`. */
  share(end: number): number {
    const bins = Math.ceil(end / BIN_SECONDS);
    const seconds = this.#work.slice(0, bins).reduce((sum, each) => sum + each, 0);
    return seconds / (bins * BIN_SECONDS * this.servers);
  }

  /** The same in the busiest ten seconds; over 1 it cannot keep up. */
  peak(): number {
    const most = this.#work.reduce((max, each) => Math.max(max, each), 0);
    return most / (BIN_SECONDS * this.servers);
  }

  get servers(): number {
    return this.#freeAt.length;
  }
}
