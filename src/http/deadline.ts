/**
 * The deadline of a request: the client gets a response in time even if PostgreSQL or Redis hangs. The clock is paused
 * while the server reads the request body and, with `Prefer: wait`, while the request waits for a command's outcome.
 */

const DEADLINE_MS = 5000;

/** The request missed its deadline: PostgreSQL or Redis is too slow. */
export class RequestOverdue extends Error {
  constructor() {
    super(`The request was not answered within ${DEADLINE_MS} ms plus its own wait.`);
    this.name = 'RequestOverdue';
  }
}

/** The client closed the connection before it had sent the whole request. */
export class RequestAborted extends Error {
  constructor(cause: unknown) {
    super('The client closed the connection before it had sent the whole request.', { cause });
    this.name = 'RequestAborted';
  }
}

/** The request context, as far as the deadline is concerned. */
export interface Timed {
  deadline?: Deadline;
}

/**
 * Runs `handle` under a deadline.
 * @throws RequestOverdue at the deadline; `handle` keeps running, but must not take effect any more
 */
export function withinDeadline<Result>(
  request: Timed,
  handle: () => Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const deadline = new Deadline(() => reject(new RequestOverdue()));
    request.deadline = deadline;
    handle().then(
      (result) => {
        deadline.end();
        resolve(result);
      },
      (error) => {
        deadline.end();
        reject(error);
      },
    );
  });
}

/** Pauses the request's deadline while `wait` runs, because the client decides how long that takes. */
export function pauseDeadline<Result>(
  { deadline }: Timed,
  wait: () => Promise<Result>,
): Promise<Result> {
  return deadline ? deadline.pauseDuring(wait) : wait();
}

export class Deadline {
  /** Nothing may take effect any more, because the client was told that nothing has changed. */
  isPassed = false;
  readonly #onPassed: () => void;
  /** On the clock of `performance`, in ms; infinite while the clock is stopped. */
  #dueAt: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param onPassed called at the deadline */
  constructor(onPassed: () => void) {
    this.#onPassed = onPassed;
    this.#dueAt = performance.now() + DEADLINE_MS;
    this.#schedule(DEADLINE_MS);
  }

  /** Stops the clock while `wait` runs. */
  async pauseDuring<Result>(wait: () => Promise<Result>): Promise<Result> {
    const leftMs = this.#dueAt - performance.now();
    this.#dueAt = Number.POSITIVE_INFINITY;
    try {
      return await wait();
    } finally {
      this.#dueAt = performance.now() + leftMs;
      if (this.#timer === undefined) this.#schedule(leftMs);
    }
  }

  /** The request has been answered. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #schedule(ms: number): void {
    this.#timer = setTimeout(() => this.#check(), ms);
  }

  /** The timer keeps running during a pause: a new timer for each request body would be too expensive. */
  #check(): void {
    this.#timer = undefined;
    const leftMs = this.#dueAt - performance.now();
    if (leftMs <= 0) {
      this.isPassed = true;
      this.#onPassed();
    } else if (leftMs < Number.POSITIVE_INFINITY) {
      this.#schedule(leftMs);
    }
  }
}
