/** The seats of one schedule in one state. PostgreSQL returns only their ids; the rest is already in memory. */
import { hash } from 'node:crypto';
import type { FoundIds } from '../../db/reads/places/seats.ts';
import { CachedBody } from '../cached-body.ts';
import { SharedRead } from '../reads/shared-read.ts';

/** How long a result for a large schedule is reused, in ms. */
const SHOWN_MS = 300;

export interface SeatsInStateDeps {
  /** The schedule and the state, as part of the ETag. */
  name: string;
  readIds(): Promise<FoundIds>;
  /** @throws OtherSeats if the ids are not those of the schedule */
  toBody(found: FoundIds): () => Buffer<ArrayBuffer>;
  /** Every request gets a result that was read after it arrived. */
  isAlwaysFresh: boolean;
}

export class SeatsInState {
  readonly #deps: SeatsInStateDeps;
  readonly #reads = new SharedRead(() => this.#read());
  #last: { map: CachedBody; readAt: number } | undefined;

  constructor(deps: SeatsInStateDeps) {
    this.#deps = deps;
  }

  /** @param onWait called if the request has to wait for PostgreSQL */
  async map(onWait?: () => void): Promise<CachedBody> {
    const { isAlwaysFresh } = this.#deps;
    const last = this.#last;
    if (!isAlwaysFresh && last && performance.now() - last.readAt < SHOWN_MS) return last.map;
    onWait?.();
    return isAlwaysFresh ? this.#reads.fresh() : this.#reads.any();
  }

  async #read(): Promise<CachedBody> {
    const { name, readIds, toBody } = this.#deps;
    const readAt = performance.now();
    const found = await readIds();
    const text = `${name} ${found.ids} ${found.blockedIds}`;
    const etag = `W/"${hash('sha1', text, 'base64url')}"`;
    // The same seats as before: reuse the body and its compression.
    const last = this.#last?.map;
    const map = last?.etag === etag ? last : new CachedBody({ body: toBody(found), etag });
    this.#last = { map, readAt };
    return map;
  }
}
