/** Sends requests, and retries them after temporary failures with growing delays. */

import { ApiProblem, Interrupted, type SeatlaneError, Unreachable } from '../errors.ts';
import type { SeatlaneOptions } from '../options.ts';
import { backoffMs } from './backoff.ts';
import type { ApiResponse, Connection, Request } from './connection.ts';
import { sleep } from './sleep.ts';

const RETRIES = 5;
/**
 * The statuses of temporary failures. Every request can be retried safely: it is a read or has an idempotency key.
 */
const TEMPORARY_STATUSES = new Set([429, 500, 502, 503, 504]);

export class RetryPolicy {
  readonly connection: Connection;
  readonly #retries: number;
  readonly #onRetry: SeatlaneOptions['onRetry'];

  constructor(connection: Connection, { retries, onRetry }: SeatlaneOptions) {
    this.connection = connection;
    this.#retries = retries ?? RETRIES;
    this.#onRetry = onRetry;
  }

  /**
   * @throws ApiProblem for a final error response; Unreachable when no retry got a response, or each got a temporary one
   */
  async send<Body>(request: Request): Promise<ApiResponse<Body>> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.connection.exchange(request);
      } catch (error) {
        await this.waitBeforeRetry(request, tries, error);
      }
    }
  }

  /**
   * Waits until the next retry is due.
   * @param tries the number of failed tries so far, from 1
   * @throws `error` itself if it is final, Unreachable if no retry is left
   */
  async waitBeforeRetry(request: Request, tries: number, error: unknown): Promise<void> {
    if (!isTemporary(error)) throw error;
    const { method, path, idempotencyKey, signal } = request;
    if (tries > this.#retries) {
      throw new Unreachable(`${method} ${path}`, tries, idempotencyKey, error);
    }
    const delayMs = backoffMs(tries, error instanceof ApiProblem ? error.retryAfterMs : 0);
    this.#onRetry?.({ number: tries, delayMs, method, path, idempotencyKey, error });
    await sleep(delayMs, signal);
  }
}

/**
 * A Refusal is never temporary, even with one of these statuses (QUEUE_FULL): every retry with its key has the same
 * outcome.
 */
function isTemporary(error: unknown): error is SeatlaneError {
  return (
    error instanceof Interrupted ||
    (error instanceof ApiProblem && TEMPORARY_STATUSES.has(error.status))
  );
}
