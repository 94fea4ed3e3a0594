/** The seats of one schedule in one state. PostgreSQL returns only their ids; the rest is already in memory. */
import { hash } from 'node:crypto';
import { SharedRead } from '../reads/shared-read.ts';
import { SeatMap } from './seat-map.ts';

/** How long a result for a large schedule is reused, in ms. */
const SHOWN_MS = 300;

export interface SeatsInStateDeps {
  /** The schedule and the state, as part of the ETag. */
  name: string;
  readIds(): Promise<number[]>;
  toBody(ids: readonly number[]): string;
  /** Every request gets a result that was read after it arrived. */
  isAlwaysFresh: boolean;
}

export class SeatsInState {
  readonly #deps: SeatsInStateDeps;
  readonly #reads = new SharedRead(() => this.#read());
  #last: { map: SeatMap; readAt: number } | undefined;

  constructor(deps: SeatsInStateDeps) {
    this.#deps = deps;
  }

  async map(): Promise<SeatMap> {
    if (this.#deps.isAlwaysFresh) return this.#reads.fresh();
    const last = this.#last;
    if (last && performance.now() - last.readAt < SHOWN_MS) return last.map;
    return this.#reads.any();
  }

  async #read(): Promise<SeatMap> {
    const { name, readIds, toBody } = this.#deps;
    const readAt = performance.now();
    const ids = await readIds();
    const etag = `W/"${hash('sha1', `${name} ${ids}`, 'base64url')}"`;
    // The same seats as before: reuse the body and its compression.
    const last = this.#last?.map;
    const map = last?.etag === etag ? last : new SeatMap({ body: toBody(ids), etag });
    this.#last = { map, readAt };
    return map;
  }
}
