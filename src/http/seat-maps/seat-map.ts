/** The response body of a seat list: built once for all requests, and compressed on the first request that accepts gzip. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);
/** Compressing small bodies costs more than sending them. */
const COMPRESSED_FROM_BYTES = 2048;

export class SeatMap {
  readonly etag: string;
  #body: string | (() => string);
  #gzipped: Promise<Uint8Array<ArrayBuffer>> | undefined;

  /** @param body the JSON, or a function that builds it on first use */
  constructor({ body, etag }: { body: string | (() => string); etag: string }) {
    this.#body = body;
    this.etag = etag;
  }

  get body(): string {
    if (typeof this.#body === 'function') this.#body = this.#body();
    return this.#body;
  }

  /** Whether a client has requested it compressed. */
  get isCompressed(): boolean {
    return this.#gzipped !== undefined;
  }

  /** The compressed body; undefined if the body is too small to be worth compressing. */
  async gzipped(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.body.length < COMPRESSED_FROM_BYTES) return undefined;
    this.#gzipped ??= compress(this.body, { level: 1 });
    return this.#gzipped;
  }
}
