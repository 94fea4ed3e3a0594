/** Sends commands until they are accepted, and waits for their outcomes. */

import { ApiProblem, Interrupted } from '../errors.ts';
import type { CallOptions, CommandOptions, SeatlaneOptions } from '../options.ts';
import { backoffMs, retryAfterMs } from '../transport/backoff.ts';
import type { ApiResponse, Request } from '../transport/connection.ts';
import type { RetryPolicy } from '../transport/retry-policy.ts';
import { sleep } from '../transport/sleep.ts';
import { isFinished, type Job, pathOfJob, resultOf } from './job.ts';
import { watchJob } from './job-states.ts';

/** The default of `waitSeconds`. */
export const WAIT_SECONDS = 20;
/** How often a command is sent again because its job was lost. */
const LOSSES_MAX = 3;

/** The request of a command, without its options. */
export interface Command {
  method: 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: object;
  headers?: Record<string, string>;
}

export class Outcomes {
  readonly #retryPolicy: RetryPolicy;
  readonly #waitSeconds: number;
  readonly #useEvents: boolean;

  constructor(retryPolicy: RetryPolicy, { waitSeconds, useEvents }: SeatlaneOptions) {
    this.#retryPolicy = retryPolicy;
    this.#waitSeconds = waitSeconds ?? WAIT_SECONDS;
    this.#useEvents = useEvents ?? false;
  }

  /**
   * Sends a command and waits for its outcome without a time limit.
   * @returns the command's result
   * @throws Refusal, CommandFailed, ApiProblem or Unreachable
   */
  async of<Result>(command: Command, options: CommandOptions = {}): Promise<Result> {
    const { signal, idempotencyKey = newKey() } = options;
    const waitSeconds = this.#waitSeconds;
    for (let losses = 0; ; losses += 1) {
      try {
        const request = { ...command, signal, idempotencyKey, waitSeconds };
        const response = await this.#retryPolicy.send<Job>(request);
        return resultOf(await this.#finished(response, { signal, idempotencyKey })) as Result;
      } catch (error) {
        // Redis lost the job before a worker took it. A retry with the same key is accepted as a new job.
        const isLost = error instanceof ApiProblem && error.is('JOB_NOT_FOUND');
        if (!isLost || losses === LOSSES_MAX) throw error;
      }
    }
  }

  /** Waits for the outcome of a job. @returns the command's result @throws the same errors as `of` */
  async ofJob<Result>(jobId: string, { signal }: CallOptions = {}): Promise<Result> {
    const response = await this.#retryPolicy.send<Job>(this.#pollOf(jobId, { signal }));
    return resultOf(await this.#finished(response, { signal })) as Result;
  }

  #finished(response: ApiResponse<Job>, options: CommandOptions): Promise<Job> | Job {
    if (isFinished(response.body)) return response.body;
    return this.#useEvents ? this.#watch(response.body, options) : this.#poll(response, options);
  }

  async #watch({ id }: Job, options: CommandOptions): Promise<Job> {
    for await (const job of watchJob(this.#retryPolicy, id, options)) {
      if (isFinished(job)) return job;
    }
    throw new Interrupted(new Error('The event stream ended before the job had finished.'));
  }

  async #poll(response: ApiResponse<Job>, options: CommandOptions): Promise<Job> {
    let { body: job, headers } = response;
    for (let tries = 1; !isFinished(job); tries += 1) {
      await sleep(backoffMs(tries, retryAfterMs(headers)), options.signal);
      ({ body: job, headers } = await this.#retryPolicy.send<Job>(this.#pollOf(job.id, options)));
      // The API applied `Prefer: wait`, so this poll already took its time and the delay need not grow.
      if (headers.has('preference-applied')) tries = 0;
    }
    return job;
  }

  #pollOf(jobId: string, options: CommandOptions): Request {
    const waitSeconds = this.#waitSeconds;
    return { method: 'GET', path: pathOfJob(jobId), ...options, waitSeconds };
  }
}

/** A random key. `randomUUID` is not available in browsers on pages that were loaded over plain HTTP. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
