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

/** What a deadline is noted on: the trail of a request. */
export interface Timed {
  deadline?: Deadline;
}

/**
 * Answers a request before its time is over.
 * @throws RequestOverdue when the time is over; what `answer` does later must not take effect
 */
export async function inTime<Result>(
  request: Timed,
  answer: () => Promise<Result>,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const deadline = new Deadline(() => reject(new RequestOverdue()));
  request.deadline = deadline;
  answer().then(resolve, reject);
  try {
    return await promise;
  } finally {
    deadline.end();
  }
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
  readonly #pass: () => void;
  #leftMs = ANSWER_MS_MAX;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param onPassed called when the time is over */
  constructor(onPassed: () => void) {
    this.#pass = () => {
      this.isPassed = true;
      onPassed();
    };
    this.#run();
  }

  /** Stops the clock while it waits. */
  async without<Result>(wait: () => Promise<Result>): Promise<Result> {
    this.end();
    this.#leftMs -= performance.now() - this.#since;
    try {
      return await wait();
    } finally {
      this.#run();
    }
  }

  /** The request has been answered. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #run(): void {
    this.#since = performance.now();
    // In whole tenths of a second: Node keeps timers of one duration in one list.
    this.#timer = setTimeout(this.#pass, Math.max(100, Math.ceil(this.#leftMs / 100) * 100));
  }
}
