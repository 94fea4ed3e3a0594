/** The access token: fixed, or fetched by the caller's function when it is first needed and when it was refused. */
import type { SeatlaneOptions } from './options.ts';

export class AccessToken {
  readonly #source: SeatlaneOptions['token'];
  #current: Promise<string> | undefined;

  constructor(source: SeatlaneOptions['token']) {
    this.#source = source;
  }

  /** The token to send; undefined where there is none. @throws what the function throws */
  get(): Promise<string | undefined> {
    const source = this.#source;
    if (typeof source !== 'function') return Promise.resolve(source);
    this.#current ??= this.#fetch(source);
    return this.#current;
  }

  /**
   * Another token than the refused one. Requests that were refused together share one call of the function.
   * @returns undefined where there is no other
   */
  async replace(refused: string | undefined): Promise<string | undefined> {
    if (typeof this.#source !== 'function') return undefined;
    const known = this.#current;
    if ((await known) === refused && this.#current === known) this.#current = undefined;
    return this.get();
  }

  /** A call that went wrong is not remembered. */
  #fetch(source: () => string | Promise<string>): Promise<string> {
    const fetching = (async () => source())();
    fetching.catch(() => {
      if (this.#current === fetching) this.#current = undefined;
    });
    return fetching;
  }
}
