/**
 * Requests that wait for an outcome (`Prefer: wait=N`): how many there may be, and that they end with their connection.
 * A request without a slot is answered at once, as if it had not asked to wait: its command is accepted all the same.
 */
import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import type { CommandStatus } from '../../lanes/command-status.ts';
import type { Outcomes, Waiting } from '../../lanes/outcomes.ts';
import { clientsTime, type Timed } from '../deadline.ts';
import { preferredWaitMs } from '../request.ts';
import { SlotLimit, type SlotLimits } from '../slot-limit.ts';

export class Waits {
  readonly limit: SlotLimit;
  readonly #outcomes: Outcomes;

  constructor(outcomes: Outcomes, limits: SlotLimits) {
    this.#outcomes = outcomes;
    this.limit = new SlotLimit(limits);
  }

  /**
   * Takes a slot where the request asks to wait and one is left. The caller ends the wait.
   * @param request whose deadline stands still while it waits
   */
  open(c: Context, subject: string, request: Timed): Wait {
    const waitMs = preferredWaitMs(c) ?? 0;
    const isGranted = waitMs > 0 && this.limit.tryAcquire(subject);
    const release = () => this.limit.release(subject);
    const options = { waitMs, request, release: isGranted ? release : undefined };
    const wait = new Wait(this.#outcomes, options);
    const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
    if (isGranted) outgoing?.once('close', () => wait.end());
    return wait;
  }
}

interface WaitOptions {
  /** How long at most. */
  waitMs: number;
  request: Timed;
  /** Gives the slot back; undefined where there was none. */
  release: (() => void) | undefined;
}

export class Wait {
  /** The client asked to wait. */
  readonly isAsked: boolean;
  /** There was a slot for it. */
  readonly isGranted: boolean;
  readonly #outcomes: Outcomes;
  readonly #waitMs: number;
  readonly #request: Timed;
  #release: (() => void) | undefined;
  #waiting: Waiting | undefined;

  constructor(outcomes: Outcomes, { waitMs, request, release }: WaitOptions) {
    this.#outcomes = outcomes;
    this.#request = request;
    this.#waitMs = waitMs;
    this.#release = release;
    this.isAsked = waitMs > 0;
    this.isGranted = release !== undefined;
  }

  /** Begins to listen for the outcome of a job, before anything is done that can bring it about. */
  begin(jobId: string): void {
    if (this.#release) this.#waiting ??= this.#outcomes.wait(jobId, this.#waitMs);
  }

  /** The status of a job that was just added, with its outcome where that comes in time. */
  async statusOfNew(status: CommandStatus): Promise<CommandStatus> {
    const waiting = this.#waiting;
    const finished = waiting && (await clientsTime(this.#request, () => waiting.outcome));
    return finished ? { ...status, finished } : status;
  }

  /**
   * The status of a job that was added before, with its outcome where that is known or comes in time. It listens first
   * and reads then, so that an outcome in between is not missed.
   */
  async statusOf(status: CommandStatus): Promise<CommandStatus> {
    this.begin(status.jobId);
    const known = (await this.#outcomes.read(status.jobId)) ?? status;
    return known.finished ? known : this.statusOfNew(known);
  }

  /** Stops waiting and gives the slot back. */
  end(): void {
    this.#waiting?.stop();
    this.#release?.();
    this.#release = undefined;
  }
}
