/** The base of both clients: sends commands and reads with the user's tokens, and gives access to jobs. */

import type { TimeOptions } from '../api/inputs.ts';
import { type Job, pathOfJob } from '../api/job.ts';
import { watchJob } from '../api/job-states.ts';
import { type Command, Outcomes, WAIT_SECONDS } from '../api/outcomes.ts';
import { QueueAccess } from '../api/waiting-queue.ts';
import { checkOptions } from '../check-options.ts';
import { ApiProblem } from '../errors.ts';
import type { CallOptions, CommandOptions, PageOptions, SeatlaneOptions } from '../options.ts';
import { Connection } from './connection.ts';
import type { Page } from './pages.ts';
import { RetryPolicy } from './retry-policy.ts';

export abstract class BaseClient {
  readonly #outcomes: Outcomes;
  protected readonly retryPolicy: RetryPolicy;
  protected readonly waitingQueue: QueueAccess;
  /** How long the API may wait before it responds, in seconds. */
  protected readonly waitSeconds: number;

  /** @throws RangeError if an option is invalid */
  constructor(options: SeatlaneOptions) {
    checkOptions(options);
    this.waitSeconds = options.waitSeconds ?? WAIT_SECONDS;
    this.retryPolicy = new RetryPolicy(new Connection(options), options);
    this.#outcomes = new Outcomes(this.retryPolicy, options);
    this.waitingQueue = new QueueAccess(this.retryPolicy, this.#outcomes, options.queueToken);
  }

  /** Reads a job: the command, its state, and its result or problem once it has finished. */
  job(jobId: string, options: CallOptions = {}): Promise<Job> {
    return this.read(pathOfJob(jobId), options);
  }

  /** The job of the user's command with this key, or undefined if no such command was accepted. */
  async jobByKey(idempotencyKey: string, options: CallOptions = {}): Promise<Job | undefined> {
    try {
      return await this.read<Job>('/jobs', options, { idempotencyKey });
    } catch (error) {
      if (error instanceof ApiProblem && error.is('JOB_NOT_FOUND')) return undefined;
      throw error;
    }
  }

  /** Yields the job at once, and again after each change of its state, until it has finished. */
  jobStates(jobId: string, options: CallOptions = {}): AsyncGenerator<Job, void, undefined> {
    return watchJob(this.retryPolicy, jobId, options);
  }

  /** Waits for the outcome of a job. @returns the command's result @throws what the command itself would throw */
  outcomeOf<Result = Record<string, unknown>>(
    jobId: string,
    options?: CallOptions,
  ): Promise<Result> {
    return this.#outcomes.ofJob(jobId, options);
  }

  protected command<Result>(command: Command, options?: CommandOptions): Promise<Result> {
    return this.#outcomes.of({ ...command, headers: this.waitingQueue.headers }, options);
  }

  protected async read<Body>(
    path: string,
    { signal }: CallOptions,
    query: object = {},
  ): Promise<Body> {
    const { headers } = this.waitingQueue;
    const request = { method: 'GET', path, query, headers, signal } as const;
    return (await this.retryPolicy.send<Body>(request)).body;
  }

  /**
   * Reads a response that is text of another type than JSON.
   * @param body what the text is made of, for a POST that changes nothing
   */
  protected async readText(path: string, { signal }: CallOptions, body?: object): Promise<string> {
    const method = body ? 'POST' : 'GET';
    const request = { method, path, signal, isText: true, ...(body && { body }) } as const;
    return (await this.retryPolicy.send<string>(request)).body;
  }

  protected list<Item>(
    path: string,
    { signal, ...page }: PageOptions,
    query: object = {},
  ): Promise<Page<Item>> {
    return this.read(path, { signal }, { ...page, ...query });
  }

  protected listByTime<Item>(
    path: string,
    { from, to, ...options }: TimeOptions,
  ): Promise<Page<Item>> {
    return this.list(path, options, { from: toIsoTime(from), to: toIsoTime(to) });
  }
}

function toIsoTime(given: Date | string | undefined): string | undefined {
  return given instanceof Date ? given.toISOString() : given;
}
