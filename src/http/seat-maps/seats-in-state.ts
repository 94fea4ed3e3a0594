/** The seats of one schedule that are in one state: PostgreSQL finds them, what is said of each is known already. */
import { hash } from 'node:crypto';
import { SharedRead } from '../reads/shared-read.ts';
import { SeatMap } from './seat-map.ts';

/** How long what was read of a large schedule is shown, in ms. */
const SHOWN_MS = 300;

export interface SeatsInStateDeps {
  /** Begins the tag: which schedule, which state. */
  name: string;
  readIds(): Promise<number[]>;
  toBody(ids: readonly number[]): string;
  /** Whoever asks gets what was read after the question. */
  isAlwaysFresh: boolean;
}

export class SeatsInState {
  readonly #deps: SeatsInStateDeps;
  readonly #reads = new SharedRead(() => this.#read());
  #last: { map: SeatMap; askedAt: number } | undefined;

  constructor(deps: SeatsInStateDeps) {
    this.#deps = deps;
  }

  async map(): Promise<SeatMap> {
    if (this.#deps.isAlwaysFresh) return this.#reads.fresh();
    const last = this.#last;
    if (last && performance.now() - last.askedAt < SHOWN_MS) return last.map;
    return this.#reads.any();
  }

  async #read(): Promise<SeatMap> {
    const { name, readIds, toBody } = this.#deps;
    const askedAt = performance.now();
    const ids = await readIds();
    const etag = `W/"${hash('sha1', `${name} ${ids}`, 'base64url')}"`;
    // The same seats as before: their body, and its compression, are there.
    const last = this.#last?.map;
    const map = last?.etag === etag ? last : new SeatMap({ body: toBody(ids), etag });
    this.#last = { map, askedAt };
    return map;
  }
}
