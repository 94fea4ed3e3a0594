/** The access token: fixed, or fetched by the caller's function for the first request and after each 401 response. */
import type { SeatlaneOptions } from '../options.ts';

export class AccessToken {
  readonly #source: SeatlaneOptions['token'];
  #current: Promise<string> | undefined;

  constructor(source: SeatlaneOptions['token']) {
    this.#source = source;
  }

  /** Returns the token to send, or undefined if there is none. @throws what the caller's function throws */
  get(): Promise<string | undefined> {
    const source = this.#source;
    if (typeof source !== 'function') return Promise.resolve(source);
    this.#current ??= this.#fetch(source);
    return this.#current;
  }

  /**
   * Fetches a token in place of the refused one. Concurrent requests share one call of the function.
   * @returns the new token, or undefined if the token is fixed
   */
  async replace(refused: string | undefined): Promise<string | undefined> {
    if (typeof this.#source !== 'function') return undefined;
    const known = this.#current;
    if ((await known) === refused && this.#current === known) this.#current = undefined;
    return this.get();
  }

  /** A failed call is not cached. */
  #fetch(source: () => string | Promise<string>): Promise<string> {
    const fetching = (async () => source())();
    fetching.catch(() => {
      if (this.#current === fetching) this.#current = undefined;
    });
    return fetching;
  }
}
