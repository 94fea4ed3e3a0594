/** One user's requests, commands and reads, with the tokens that they need; and the jobs behind the commands. */
import { checkOptions } from './check-options.ts';
import { Connection } from './connection.ts';
import { ApiProblem } from './errors.ts';
import type { TimeOptions } from './inputs.ts';
import { type Job, pathOfJob } from './job.ts';
import { watchJob } from './job-states.ts';
import type { CallOptions, CommandOptions, PageOptions, SeatlaneOptions } from './options.ts';
import { type Command, Outcomes } from './outcomes.ts';
import type { Page } from './pages.ts';
import { Patience } from './patience.ts';
import { Queue } from './queue.ts';

export abstract class Caller {
  readonly #outcomes: Outcomes;
  protected readonly patience: Patience;
  protected readonly places: Queue;

  /** @throws RangeError where an option makes no sense */
  constructor(options: SeatlaneOptions) {
    checkOptions(options);
    this.patience = new Patience(new Connection(options), options);
    this.#outcomes = new Outcomes(this.patience, options);
    this.places = new Queue(this.patience, this.#outcomes, options.queueToken);
  }

  /** A command and what has come of it so far. */
  job(jobId: string, options: CallOptions = {}): Promise<Job> {
    return this.read(pathOfJob(jobId), options);
  }

  /** The job of one's command with this key; undefined where none was accepted. */
  async jobByKey(idempotencyKey: string, options: CallOptions = {}): Promise<Job | undefined> {
    try {
      return await this.read<Job>('/jobs', options, { idempotencyKey });
    } catch (error) {
      if (error instanceof ApiProblem && error.is('JOB_NOT_FOUND')) return undefined;
      throw error;
    }
  }

  /** A job as its state changes: at once, and until it is finished. */
  jobStates(jobId: string, options: CallOptions = {}): AsyncGenerator<Job, void, undefined> {
    return watchJob(this.patience, jobId, options);
  }

  /** Waits for what comes of a job. @returns the command's result @throws as the command does */
  outcomeOf<Result = Record<string, unknown>>(
    jobId: string,
    options?: CallOptions,
  ): Promise<Result> {
    return this.#outcomes.ofJob(jobId, options);
  }

  protected command<Result>(command: Command, options?: CommandOptions): Promise<Result> {
    return this.#outcomes.of({ ...command, headers: this.places.headers }, options);
  }

  protected async read<Body>(
    path: string,
    { signal }: CallOptions,
    query: object = {},
  ): Promise<Body> {
    const { headers } = this.places;
    const request = { method: 'GET', path, query, headers, signal } as const;
    return (await this.patience.ask<Body>(request)).body;
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
    return this.list(path, options, { from: timeOf(from), to: timeOf(to) });
  }
}

function timeOf(given: Date | string | undefined): string | undefined {
  return given instanceof Date ? given.toISOString() : given;
}
