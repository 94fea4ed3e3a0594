/** The waiting queue as one user stands in it: enter, look, wait to be admitted; and the token that comes of it. */

import { ApiProblem } from './errors.ts';
import type { CallOptions, CommandOptions } from './options.ts';
import type { Outcomes } from './outcomes.ts';
import type { Patience } from './patience.ts';
import { pause } from './pause.ts';
import type { QueueEntry } from './resources.ts';

/** A place is looked at this often while it waits: a thousand seconds need no thousand looks. */
const LOOKS_A_WAIT = 12;
const LOOK_MS_MIN = 1000;
/** Who is not heard of for a minute is passed over until they come back. */
const LOOK_MS_MAX = 15_000;
const SCATTER = 0.2;

export interface QueueOptions extends CallOptions {
  /** Adds the stock of this concert to the place. */
  concertId?: number | undefined;
}

export interface AdmissionOptions extends QueueOptions {
  /** Told of the place each time it was looked at. */
  onPlace?: ((place: QueueEntry) => void) | undefined;
}

export class Queue {
  readonly #patience: Patience;
  readonly #outcomes: Outcomes;
  /** The last one known. It is kept beyond its end: the retry of a payment is answered by it still. */
  #token: string | undefined;

  constructor(patience: Patience, outcomes: Outcomes, token: string | undefined) {
    this.#patience = patience;
    this.#outcomes = outcomes;
    this.#token = token;
  }

  get token(): string | undefined {
    return this.#token;
  }

  /** For requests that only the admitted may send. */
  get headers(): Record<string, string> {
    return this.#token === undefined ? {} : { 'Queue-Token': this.#token };
  }

  async enter(options: CommandOptions = {}): Promise<QueueEntry> {
    const command = { method: 'POST', path: '/users/queue' } as const;
    return this.#hear(await this.#outcomes.of<QueueEntry>(command, options));
  }

  async leave(options: CommandOptions = {}): Promise<QueueEntry> {
    return this.#outcomes.of<QueueEntry>({ method: 'DELETE', path: '/users/queue' }, options);
  }

  /** @returns undefined where the user has no open place */
  async look(options: QueueOptions = {}): Promise<QueueEntry | undefined> {
    try {
      return await this.#look(options);
    } catch (error) {
      if (error instanceof ApiProblem && error.is('QUEUE_ENTRY_NOT_FOUND')) return undefined;
      throw error;
    }
  }

  /** @throws ApiProblem QUEUE_ENTRY_NOT_FOUND where the user has no place, or has lost it meanwhile */
  async untilAdmitted({ onPlace, ...options }: AdmissionOptions = {}): Promise<QueueEntry> {
    for (;;) {
      const place = await this.#look(options);
      onPlace?.(place);
      if (place.queueToken !== null) return place;
      await pause(nextLookMs(place.estimatedWaitSeconds), options.signal);
    }
  }

  async #look({ concertId, signal }: QueueOptions): Promise<QueueEntry> {
    const request = { method: 'GET', path: '/users/queue', query: { concertId }, signal } as const;
    return this.#hear((await this.#patience.ask<QueueEntry>(request)).body);
  }

  #hear(place: QueueEntry): QueueEntry {
    this.#token = place.queueToken ?? this.#token;
    return place;
  }
}

/** The longer the wait, the more seldom. */
export function nextLookMs(estimatedWaitSeconds: number, random = Math.random): number {
  const evenMs = (estimatedWaitSeconds * 1000) / LOOKS_A_WAIT;
  const scatter = 1 + SCATTER * (2 * random() - 1);
  return Math.min(LOOK_MS_MAX, Math.max(LOOK_MS_MIN, evenMs)) * scatter;
}
