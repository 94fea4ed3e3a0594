/** An abort signal for one exchange: it follows the caller's, ends what takes too long, and leaves nothing behind. */

export class Deadline {
  readonly #ending = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #follow = () => this.#ending.abort(this.#caller?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @throws what the caller's signal was aborted with */
  constructor(caller: AbortSignal | undefined) {
    caller?.throwIfAborted();
    this.#caller = caller;
    caller?.addEventListener('abort', this.#follow);
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Sets the time anew: from now on, in ms. */
  set(ms: number): void {
    clearTimeout(this.#timer);
    const late = () => this.#ending.abort(new Error(`Nothing came within ${ms} ms.`));
    this.#timer = setTimeout(late, ms);
  }

  /** The exchange is over. */
  end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#follow);
  }
}
