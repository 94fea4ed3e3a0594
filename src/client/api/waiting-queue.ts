/** A user's entries in waiting queues, and the queue token that admission gives. */

import { ApiProblem, type ProblemDocument } from '../errors.ts';
import type { CallOptions, CommandOptions } from '../options.ts';
import type { RetryPolicy } from '../transport/retry-policy.ts';
import { sleep } from '../transport/sleep.ts';
import type { Outcomes } from './outcomes.ts';
import type { QueueEntry } from './resources.ts';

/** How often the entry is polled over the estimated wait. */
const POLLS_PER_WAIT = 12;
const POLL_MS_MIN = 1000;
/** Users who have not polled for a minute count as inactive and are skipped until they return. */
const POLL_MS_MAX = 15_000;
const JITTER = 0.2;

/** Names a waiting queue. */
export interface QueueChoice {
  /** Default: the house queue, which serves every concert without a queue of its own (`concert.queueId`). */
  queueId?: number | undefined;
}

export interface EntryOptions extends CommandOptions, QueueChoice {}

export interface QueueOptions extends CallOptions, QueueChoice {
  /** Adds the stock of this concert to the entry. */
  concertId?: number | undefined;
}

export interface EntryReadOptions extends QueueOptions {
  /** Called if the user has no open entry because the system has ended the user's waiting, in the last seven days. */
  onWaitingEnded?: ((end: WaitingEnd) => void) | undefined;
}

/** Why and when the system has ended the waiting of a user. */
export type WaitingEnd = Required<Pick<ProblemDocument, 'endReason' | 'endedAt'>>;

export interface AdmissionOptions extends QueueOptions {
  /** Called with the entry after each poll. */
  onEntry?: ((entry: QueueEntry) => void) | undefined;
}

export class QueueAccess {
  readonly #retryPolicy: RetryPolicy;
  readonly #outcomes: Outcomes;
  /** The latest token. It is kept after the session has ended, because the retry of a payment still needs it. */
  #token: string | undefined;

  constructor(retryPolicy: RetryPolicy, outcomes: Outcomes, token: string | undefined) {
    this.#retryPolicy = retryPolicy;
    this.#outcomes = outcomes;
    this.#token = token;
  }

  get token(): string | undefined {
    return this.#token;
  }

  /** The headers of requests that need a queue token. */
  get headers(): Record<string, string> {
    return this.#token === undefined ? {} : { 'Queue-Token': this.#token };
  }

  async enter({ queueId, ...options }: EntryOptions = {}): Promise<QueueEntry> {
    const command = { method: 'POST', path: pathOf(queueId) } as const;
    return this.#keepToken(await this.#outcomes.of<QueueEntry>(command, options));
  }

  async leave({ queueId, ...options }: EntryOptions = {}): Promise<QueueEntry> {
    return this.#outcomes.of<QueueEntry>({ method: 'DELETE', path: pathOf(queueId) }, options);
  }

  /** @returns the user's open entry, or undefined if there is none */
  async entry({
    onWaitingEnded,
    ...options
  }: EntryReadOptions = {}): Promise<QueueEntry | undefined> {
    try {
      return await this.#poll(options);
    } catch (error) {
      if (!(error instanceof ApiProblem && error.is('QUEUE_ENTRY_NOT_FOUND'))) throw error;
      const { endReason, endedAt } = error.problem;
      if (endReason && endedAt) onWaitingEnded?.({ endReason, endedAt });
      return undefined;
    }
  }

  /** @throws ApiProblem QUEUE_ENTRY_NOT_FOUND if the user has no open entry, or loses it while waiting */
  async untilAdmitted({ onEntry, ...options }: AdmissionOptions = {}): Promise<QueueEntry> {
    for (;;) {
      const entry = await this.#poll(options);
      onEntry?.(entry);
      if (entry.queueToken !== null) return entry;
      await sleep(pollDelayMs(entry.estimatedWaitSeconds), options.signal);
    }
  }

  async #poll({ queueId, concertId, signal }: QueueOptions): Promise<QueueEntry> {
    const query = { concertId };
    const request = { method: 'GET', path: pathOf(queueId), query, signal } as const;
    return this.#keepToken((await this.#retryPolicy.send<QueueEntry>(request)).body);
  }

  #keepToken(entry: QueueEntry): QueueEntry {
    this.#token = entry.queueToken ?? this.#token;
    return entry;
  }
}

const pathOf = (queueId: number | undefined) =>
  queueId === undefined ? '/users/queue' : `/queues/${queueId}/entry`;

/** The delay before the next poll, in ms: longer for a longer wait, with jitter. */
export function pollDelayMs(estimatedWaitSeconds: number, random = Math.random): number {
  const evenMs = (estimatedWaitSeconds * 1000) / POLLS_PER_WAIT;
  const jitter = 1 + JITTER * (2 * random() - 1);
  return Math.min(POLL_MS_MAX, Math.max(POLL_MS_MIN, evenMs)) * jitter;
}
