/** A JSON body that many requests get: built on the first one, and compressed on the first one that accepts gzip. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);
/** Compressing small bodies costs more than sending them. */
const COMPRESSED_FROM_BYTES = 2048;

type Body = string | Buffer<ArrayBuffer>;

export class CachedBody {
  readonly etag: string;
  readonly #build: () => Body;
  /** Once a client has requested it as it is. */
  #body: Body | undefined;
  #gzipped: Promise<Uint8Array<ArrayBuffer> | undefined> | undefined;

  /** @param body the JSON, or a function that builds it */
  constructor({ body, etag }: { body: Body | (() => Body); etag: string }) {
    this.#build = typeof body === 'function' ? body : () => body;
    this.etag = etag;
  }

  get body(): Body {
    this.#body ??= this.#build();
    return this.#body;
  }

  get text(): string {
    return this.body.toString();
  }

  /** Whether a client has requested it compressed. */
  get isCompressed(): boolean {
    return this.#gzipped !== undefined;
  }

  /**
   * The compressed body, compressed once; undefined if the body is too small to be worth compressing. Does not keep the body: most clients take
   * it compressed, and that of a large hall takes 5 MB.
   */
  gzipped(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#gzipped ??= this.#compress().catch((error) => {
      this.#gzipped = undefined;
      throw error;
    });
    return this.#gzipped;
  }

  async #compress(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const body = this.#body ?? this.#build();
    if (body.length < COMPRESSED_FROM_BYTES) return undefined;
    return compress(body, { level: 1 });
  }
}
