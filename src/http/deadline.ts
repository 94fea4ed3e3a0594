/** The time that a request has to be answered in, whatever PostgreSQL and Redis do. */

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

/** What a deadline is noted on: the trail of a request. */
interface Timed {
  deadline?: Deadline;
}

/** How often deadlines are looked at: a response may be so much later than its time. */
const LOOK_EVERY_MS = 100;

/**
 * The deadlines of all requests under way. One timer serves them all: a timer of its own for each request would cost
 * more than everything else here.
 */
export class Deadlines {
  readonly #open = new Set<Deadline>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * Answers a request before its time is over.
   * @param waitMs how long the client wants the response held back, in ms
   * @throws RequestOverdue when the time is over; what `answer` does later must not take effect
   */
  inTime<Result>(request: Timed, waitMs: number, answer: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const deadline = new Deadline(waitMs, () => reject(new RequestOverdue()));
      request.deadline = deadline;
      this.#open.add(deadline);
      this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS);
      answer().then(
        (result) => {
          this.#open.delete(deadline);
          resolve(result);
        },
        (error) => {
          this.#open.delete(deadline);
          reject(error);
        },
      );
    });
  }

  #look(): void {
    const now = performance.now();
    for (const deadline of this.#open) if (deadline.passIfDue(now)) this.#open.delete(deadline);
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** Waits for the client's part, such as sending the body, which does not count as our time. */
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

  /**
   * @param waitMs how long the client wants the response held back, in ms
   * @param onPassed called when the time is over
   */
  constructor(waitMs: number, onPassed: () => void) {
    this.#onPassed = onPassed;
    this.#dueAt = performance.now() + ANSWER_MS_MAX + waitMs;
  }

  /** Stops the clock while it waits. */
  async without<Result>(wait: () => Promise<Result>): Promise<Result> {
    const leftMs = this.#dueAt - performance.now();
    this.#dueAt = Number.POSITIVE_INFINITY;
    try {
      return await wait();
    } finally {
      this.#dueAt = performance.now() + leftMs;
    }
  }

  /** Ends the request where its time is over. @returns whether it is */
  passIfDue(now: number): boolean {
    if (now < this.#dueAt) return false;
    this.isPassed = true;
    this.#onPassed();
    return true;
  }
}
