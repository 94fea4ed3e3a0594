/** Seats as they go over the wire: made once, however many look, and compressed once somebody takes it so. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);
/** Compressing small bodies costs more than sending them. */
const COMPRESSED_FROM_BYTES = 2048;

export class SeatMap {
  readonly body: string;
  readonly etag: string;
  #gzipped: Promise<Uint8Array<ArrayBuffer>> | undefined;

  constructor({ body, etag }: { body: string; etag: string }) {
    this.body = body;
    this.etag = etag;
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
