/** Seats as they go over the wire: made once, however many look, and compressed once somebody takes it so. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);
/** Compressing small bodies costs more than sending them. */
const COMPRESSED_FROM_BYTES = 2048;

export class SeatMap {
  readonly etag: string;
  #body: string | (() => string);
  #gzipped: Promise<Uint8Array<ArrayBuffer>> | undefined;

  /** @param body the JSON, or what makes it when somebody has not got it yet */
  constructor({ body, etag }: { body: string | (() => string); etag: string }) {
    this.#body = body;
    this.etag = etag;
  }

  get body(): string {
    if (typeof this.#body === 'function') this.#body = this.#body();
    return this.#body;
  }

  /** Whether anybody has asked for it compressed. */
  get isCompressed(): boolean {
    return this.#gzipped !== undefined;
  }

  /** The body compressed, or undefined where that does not pay. */
  async gzipped(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.body.length < COMPRESSED_FROM_BYTES) return undefined;
    this.#gzipped ??= compress(this.body, { level: 1 });
    return this.#gzipped;
  }
}
