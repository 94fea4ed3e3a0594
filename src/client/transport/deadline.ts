/** The abort signal of one exchange: it fires when the caller aborts or when the exchange takes too long. */

export class Deadline {
  readonly #ending = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #follow = () => this.#ending.abort(this.#caller?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @throws the reason of the caller's signal if it is already aborted */
  constructor(caller: AbortSignal | undefined) {
    caller?.throwIfAborted();
    this.#caller = caller;
    caller?.addEventListener('abort', this.#follow);
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Restarts the timeout: the signal fires `ms` from now. */
  set(ms: number): void {
    clearTimeout(this.#timer);
    const expire = () => this.#ending.abort(new Error(`No data arrived within ${ms} ms.`));
    this.#timer = setTimeout(expire, ms);
  }

  /** Releases the timer and the listener. Must be called when the exchange is over. */
  end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#follow);
  }
}
