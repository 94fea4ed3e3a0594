/** Requests that are sent until they are answered: again after what passes by itself, with pauses that grow. */
import { backoffMs } from './backoff.ts';
import type { Answer, Connection, Request } from './connection.ts';
import { ApiProblem, Interrupted, type SeatlaneError, Unreachable } from './errors.ts';
import type { SeatlaneOptions } from './options.ts';
import { pause } from './pause.ts';

const RETRIES = 5;
/**
 * Too many requests, a fault of the process that was asked, and what gateways and a busy system answer. All requests
 * may be sent again: they read, or carry an idempotency key.
 */
const PASSING = new Set([429, 500, 502, 503, 504]);

export class Patience {
  readonly connection: Connection;
  readonly #retries: number;
  readonly #onRetry: SeatlaneOptions['onRetry'];

  constructor(connection: Connection, { retries, onRetry }: SeatlaneOptions) {
    this.connection = connection;
    this.#retries = retries ?? RETRIES;
    this.#onRetry = onRetry;
  }

  /** @throws ProblemError, or Unreachable when the retries are used up */
  async ask<Body>(request: Request): Promise<Answer<Body>> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.connection.exchange(request);
      } catch (error) {
        await this.beforeNextTry(request, tries, error);
      }
    }
  }

  /**
   * Resolves when it is time for the next try.
   * @param tries how often it was tried in vain, from 1
   * @throws the error itself where another try would change nothing, Unreachable when it was the last one
   */
  async beforeNextTry(request: Request, tries: number, error: unknown): Promise<void> {
    if (!isPassing(error)) throw error;
    const { method, path, idempotencyKey, signal } = request;
    if (tries > this.#retries) {
      throw new Unreachable(`${method} ${path}`, tries, idempotencyKey, error);
    }
    const delayMs = backoffMs(tries, error instanceof ApiProblem ? error.retryAfterMs : 0);
    this.#onRetry?.({ number: tries, delayMs, method, path, idempotencyKey, error });
    await pause(delayMs, signal);
  }
}

/** A refusal can have one of these statuses too (QUEUE_FULL), and is the same for every retry with its key. */
function isPassing(error: unknown): error is SeatlaneError {
  return error instanceof Interrupted || (error instanceof ApiProblem && PASSING.has(error.status));
}
