/**
 * The time that a request has to be answered in, whatever PostgreSQL and Redis do. The clock is stopped while the request
 * waits for its client's body, or, on routes that wait, for the outcome of a command.
 */

const ANSWER_MS_MAX = 5000;

/** The request was not answered in time: some service is too slow. */
export class RequestOverdue extends Error {
  constructor() {
    super(
      `The request was not answered within ${ANSWER_MS_MAX} ms and the wait that it asked for.`,
    );
    this.name = 'RequestOverdue';
  }
}

/** The client went away before its request had arrived in full. */
export class RequestAborted extends Error {
  constructor(cause: unknown) {
    super('The client closed the connection before its request had arrived.', { cause });
    this.name = 'RequestAborted';
  }
}

/** What a deadline is noted on: the context of a request. */
export interface Timed {
  deadline?: Deadline;
}

/**
 * Answers a request before its time is over.
 * @throws RequestOverdue when the time is over; what `answer` does later must not take effect
 */
export function inTime<Result>(request: Timed, answer: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const deadline = new Deadline(() => reject(new RequestOverdue()));
    request.deadline = deadline;
    answer()
      .finally(() => deadline.end())
      .then(resolve, reject);
  });
}

/** Waits for the client's body, or as long as the client wants to: it does not count as our time. */
export function clientsTime<Result>(
  { deadline }: Timed,
  wait: () => Promise<Result>,
): Promise<Result> {
  return deadline ? deadline.without(wait) : wait();
}

export class Deadline {
  /** Nothing may take effect any more: the client has been told so. */
  isPassed = false;
  readonly #onPassed: () => void;
  /** On the clock of `performance`, in ms; infinite while the clock is stopped. */
  #dueAt: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param onPassed called when the time is over */
  constructor(onPassed: () => void) {
    this.#onPassed = onPassed;
    this.#dueAt = performance.now() + ANSWER_MS_MAX;
    this.#wait(ANSWER_MS_MAX);
  }

  /** Stops the clock while it waits. */
  async without<Result>(wait: () => Promise<Result>): Promise<Result> {
    const leftMs = this.#dueAt - performance.now();
    this.#dueAt = Number.POSITIVE_INFINITY;
    try {
      return await wait();
    } finally {
      this.#dueAt = performance.now() + leftMs;
      if (this.#timer === undefined) this.#wait(leftMs);
    }
  }

  /** The request has been answered. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  /** The timer goes on while the clock stands still, as a new one for each body would cost more than everything else here. */
  #look(): void {
    this.#timer = undefined;
    const leftMs = this.#dueAt - performance.now();
    if (leftMs <= 0) {
      this.isPassed = true;
      this.#onPassed();
    } else if (leftMs < Number.POSITIVE_INFINITY) {
      this.#wait(leftMs);
    }
  }
}
