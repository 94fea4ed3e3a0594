/**
 * A first-come-first-served station of a queueing model: a process, a Redis node, the cores of PostgreSQL. It also
 * measures its utilisation.
 */

/** The resolution of the utilisation over time. */
const BIN_SECONDS = 10;

export class Station {
  /** When each server will have finished its accepted work, in s. */
  readonly #freeAt: number[];
  readonly #work: number[] = [];

  constructor(servers = 1) {
    this.#freeAt = new Array<number>(servers).fill(0);
  }

  /**
   * Accepts work. Calls must be in the order of `now`.
   * @param seconds the amount of work
   * @param stretch the factor by which other work slows it down
   * @returns when the work is done, in s
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

  /** Counts background work, which does not delay other work by itself. */
  note(at: number, seconds: number): void {
    const bin = Math.floor(at / BIN_SECONDS);
    while (this.#work.length <= bin) this.#work.push(0);
    this.#work[bin] = (this.#work[bin] as number) + seconds;
  }

  /** The mean utilisation until `end`. */
  share(end: number): number {
    const bins = Math.ceil(end / BIN_SECONDS);
    const seconds = this.#work.slice(0, bins).reduce((sum, each) => sum + each, 0);
    return seconds / (bins * BIN_SECONDS * this.servers);
  }

  /** The utilisation in the busiest ten seconds; above 1 the station cannot keep up. */
  peak(): number {
    const most = this.#work.reduce((max, each) => Math.max(max, each), 0);
    return most / (BIN_SECONDS * this.servers);
  }

  get servers(): number {
    return this.#freeAt.length;
  }
}
