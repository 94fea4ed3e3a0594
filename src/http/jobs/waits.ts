/**
 * Requests that wait for an outcome (`Prefer: wait=N`). Their number is limited, and a wait ends with its connection. If
 * no slot is left, the command is still accepted and the request returns 202 immediately.
 */
import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import type { CommandStatus } from '../../lanes/command-status.ts';
import type { Outcomes, Waiting } from '../../lanes/outcomes.ts';
import { pauseDeadline, type Timed } from '../deadline.ts';
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
   * Takes a slot if the request asks to wait and a slot is left. The caller must end the wait.
   * @param request its deadline is paused during the wait
   */
  open(c: Context, subject: string, request: Timed): Wait {
    const waitMs = preferredWaitMs(c) ?? 0;
    const isGranted = waitMs > 0 && this.limit.tryAcquire(subject);
    const release = () => this.limit.release(subject);
    const options = { waitMs, request, release: isGranted ? release : undefined };
    const wait = new Wait(this.#outcomes, options);
    const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
    // A second end has no effect, and `on` costs less than `once`.
    if (isGranted) outgoing?.on('close', () => wait.end());
    return wait;
  }
}

interface WaitOptions {
  /** The longest wait, in ms; 0 if the request does not ask to wait. */
  waitMs: number;
  request: Timed;
  /** Releases the slot; undefined if the wait has none. */
  release: (() => void) | undefined;
}

export class Wait {
  /** The client asked to wait. */
  readonly isRequested: boolean;
  /** The wait has a slot. */
  readonly isGranted: boolean;
  /** The longest wait, in ms; 0 if the request does not ask to wait. */
  readonly waitMs: number;
  readonly #outcomes: Outcomes;
  readonly #request: Timed;
  #release: (() => void) | undefined;
  #waiting: Waiting | undefined;
  #ending: AbortController | undefined;

  constructor(outcomes: Outcomes, { waitMs, request, release }: WaitOptions) {
    this.#outcomes = outcomes;
    this.#request = request;
    this.waitMs = waitMs;
    this.#release = release;
    this.isRequested = waitMs > 0;
    this.isGranted = release !== undefined;
  }

  /** Starts listening for a job's outcome; called before the job is added, so that the outcome cannot be missed. */
  begin(jobId: string): void {
    if (this.#release) this.#waiting ??= this.#outcomes.wait(jobId, this.waitMs);
  }

  /** The status of a job that was just added, with its outcome if that arrives in time. */
  async statusOfNew(status: CommandStatus): Promise<CommandStatus> {
    const waiting = this.#waiting;
    const finished = waiting && (await pauseDeadline(this.#request, () => waiting.outcome));
    return finished ? { ...status, finished } : status;
  }

  /**
   * The status of a job that was added earlier, with its outcome if that is known or arrives in time. It listens before
   * it reads, so that it cannot miss an outcome in between.
   */
  async statusOf(status: CommandStatus): Promise<CommandStatus> {
    this.begin(status.jobId);
    const known = (await this.#outcomes.read(status.jobId)) ?? status;
    return known.finished ? known : this.statusOfNew(known);
  }

  /** Runs a wait for something else than an outcome, with the deadline paused. @param wait must end when its signal is aborted */
  during<Found>(wait: (signal: AbortSignal) => Promise<Found>): Promise<Found> {
    this.#ending ??= new AbortController();
    const { signal } = this.#ending;
    // The connection was closed before the wait began.
    if (!this.#release) this.#ending.abort();
    return pauseDeadline(this.#request, () => wait(signal));
  }

  /** Stops waiting and releases the slot. */
  end(): void {
    this.#waiting?.stop();
    this.#ending?.abort();
    this.#release?.();
    this.#release = undefined;
  }
}
