/** Commands, sent until they are accepted, and waited for until their outcome is known. */
import { backoffMs, retryAfterMs } from './backoff.ts';
import type { Answer, Request } from './connection.ts';
import { ApiProblem, Interrupted } from './errors.ts';
import { isFinished, type Job, pathOfJob, resultOf } from './job.ts';
import { watchJob } from './job-states.ts';
import type { CallOptions, CommandOptions, SeatlaneOptions } from './options.ts';
import type { Patience } from './patience.ts';
import { pause } from './pause.ts';

const WAIT_SECONDS = 20;
/** How often a command whose job was lost is sent again. */
const LOSSES_MAX = 3;

/** What a command is, besides its options. */
export interface Command {
  method: 'POST' | 'DELETE';
  path: string;
  body?: object;
  headers?: Record<string, string>;
}

export class Outcomes {
  readonly #patience: Patience;
  readonly #waitSeconds: number;
  readonly #useEvents: boolean;

  constructor(patience: Patience, { waitSeconds, useEvents }: SeatlaneOptions) {
    this.#patience = patience;
    this.#waitSeconds = waitSeconds ?? WAIT_SECONDS;
    this.#useEvents = useEvents ?? false;
  }

  /**
   * Sends a command and waits for its outcome, however long it takes.
   * @returns its result
   * @throws Refusal, CommandFailed, ApiProblem or Unreachable
   */
  async of<Result>(command: Command, options: CommandOptions = {}): Promise<Result> {
    const { signal, idempotencyKey = newKey() } = options;
    const waitSeconds = this.#waitSeconds;
    for (let losses = 0; ; losses += 1) {
      try {
        const request = { ...command, signal, idempotencyKey, waitSeconds };
        const answer = await this.#patience.ask<Job>(request);
        return resultOf(await this.#finished(answer, { signal, idempotencyKey })) as Result;
      } catch (error) {
        // Redis lost the job before a worker saw it: under the same key it is accepted anew, once.
        const isLost = error instanceof ApiProblem && error.is('JOB_NOT_FOUND');
        if (!isLost || losses === LOSSES_MAX) throw error;
      }
    }
  }

  /** Waits for the outcome of a job. @returns its result @throws as `of` does */
  async ofJob<Result>(jobId: string, { signal }: CallOptions = {}): Promise<Result> {
    const answer = await this.#patience.ask<Job>(this.#look(jobId, { signal }));
    return resultOf(await this.#finished(answer, { signal })) as Result;
  }

  #finished(answer: Answer<Job>, options: CommandOptions): Promise<Job> | Job {
    if (isFinished(answer.body)) return answer.body;
    return this.#useEvents ? this.#heard(answer.body, options) : this.#asked(answer, options);
  }

  /** Has the states of a job pushed. */
  async #heard({ id }: Job, options: CallOptions): Promise<Job> {
    for await (const job of watchJob(this.#patience, id, options)) {
      if (isFinished(job)) return job;
    }
    throw new Interrupted(new Error('The stream ended before the job.'));
  }

  /** Asks for a job again and again: held back for its outcome, or with pauses that grow. */
  async #asked(answer: Answer<Job>, options: CommandOptions): Promise<Job> {
    let { body: job, headers } = answer;
    for (let tries = 1; !isFinished(job); tries += 1) {
      await pause(backoffMs(tries, retryAfterMs(headers)), options.signal);
      ({ body: job, headers } = await this.#patience.ask<Job>(this.#look(job.id, options)));
      // The API held the request back for as long as it was asked to: there was no hurry in that.
      if (headers.has('preference-applied')) tries = 0;
    }
    return job;
  }

  #look(jobId: string, options: CommandOptions): Request {
    const waitSeconds = this.#waitSeconds;
    return { method: 'GET', path: pathOfJob(jobId), ...options, waitSeconds };
  }
}

/** As `randomUUID`, which browsers keep back from pages that came neither by https nor from this machine. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
