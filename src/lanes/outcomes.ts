/**
 * From a job id to what has come of it: read it, wait for it, watch it change.
 *
 * The job in Redis is asked first, then the receipt in PostgreSQL, which stays when Redis has
 * dropped the job. Waiting callers are woken by announcements; because one can be missed (a
 * reconnect, a restart), each is also re-read on a timer, as taskforcesh/bullmq issues 1270, 1558
 * and 2749 teach.
 */
import type { FinishedOutcome } from '../commands/command.ts';
import type { ReceiptReader } from '../db/reads/receipts.ts';
import type { Announcement } from './announcements.ts';
import { type CommandStatus, fromReceipt } from './command-status.ts';
import { parseJobId } from './job-id.ts';
import type { LaneProducer } from './lane-queue.ts';

/** How often an outcome that somebody waits for is read again, in ms, unless very many are waited for. */
const REREAD_MS = 1000;
/** They are read in turns, a few at a time: ten thousand at once would hold everybody else up. */
const TURN_MS = 50;
const TURN_READS = 100;

type Wake = (finished?: FinishedOutcome) => void;

/** A wait for the outcome of a job. */
export interface Waiting {
  /** Undefined where the outcome has not come in time, the wait was stopped, or the process stops. */
  outcome: Promise<FinishedOutcome | undefined>;
  stop(): void;
}

/** Those who wait for one job, and since when: on the clock of `performance`, in ms. */
interface Waiters {
  wakes: Wake[];
  since: number;
}

export class Outcomes {
  readonly #producer: Pick<LaneProducer, 'find'>;
  readonly #receipts: ReceiptReader;
  /** In the order in which the waiting began. */
  readonly #waiting = new Map<string, Waiters>();
  readonly #timer: NodeJS.Timeout;
  #round: Iterator<[string, Waiters]> = [].values();
  #turnsLeft = 0;
  #isStopping = false;

  constructor(producer: Pick<LaneProducer, 'find'>, receipts: ReceiptReader) {
    this.#producer = producer;
    this.#receipts = receipts;
    this.#timer = setInterval(() => this.#rereadSome(), TURN_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Wakes whoever waits for one of these. */
  hear(announcements: readonly Announcement[]): void {
    for (const { jobId, outcome, finishedAt } of announcements) {
      this.#wake(jobId, { outcome, finishedAt });
    }
  }

  /**
   * What has come of a command.
   * @returns undefined where neither Redis nor PostgreSQL knows the job
   * @throws while PostgreSQL cannot be reached and Redis does not know the outcome, or Redis cannot
   *   be reached and there is no receipt
   */
  async read(jobId: string): Promise<CommandStatus | undefined> {
    const parts = parseJobId(jobId);
    if (!parts) return undefined;
    const [job] = await Promise.allSettled([this.#producer.find(parts.lane, jobId)]);
    if (job.status === 'fulfilled' && job.value) return job.value;
    const receipt = await this.#receipts.find(parts.receiptId);
    if (receipt?.lane === parts.lane) return fromReceipt(jobId, receipt);
    if (job.status === 'rejected') throw job.reason;
    return undefined;
  }

  /**
   * Waits for a command's outcome. To wait for a command that one enqueues, begin before it is
   * added: its announcement can be heard before the answer to `add`.
   * @param ms how long at most
   */
  wait(jobId: string, ms: number): Waiting {
    const { promise: outcome, resolve } = Promise.withResolvers<FinishedOutcome | undefined>();
    const wake = (finished?: FinishedOutcome) => {
      clearTimeout(timer);
      this.#forget(jobId, wake);
      resolve(finished);
    };
    const timer = setTimeout(wake, ms);
    this.#remember(jobId, wake);
    if (this.#isStopping) wake();
    return { outcome, stop: () => wake() };
  }

  /** Answers everybody who waits, so that a process that stops leaves nobody hanging. */
  stopWaiting(): void {
    this.#isStopping = true;
    for (const jobId of this.#waiting.keys()) this.#wake(jobId);
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** How many jobs somebody waits for. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** How long it takes until an outcome that was missed is read again, in ms. */
  get patienceMs(): number {
    return Math.max(REREAD_MS, (this.waiting / TURN_READS) * TURN_MS);
  }

  #remember(jobId: string, wake: Wake): void {
    const waiters = this.#waiting.get(jobId);
    if (waiters) waiters.wakes.push(wake);
    else this.#waiting.set(jobId, { wakes: [wake], since: performance.now() });
  }

  #forget(jobId: string, wake: Wake): void {
    const waiters = this.#waiting.get(jobId);
    if (!waiters) return;
    waiters.wakes = waiters.wakes.filter((other) => other !== wake);
    if (waiters.wakes.length === 0) this.#waiting.delete(jobId);
  }

  #wake(jobId: string, finished?: FinishedOutcome): void {
    for (const wake of this.#waiting.get(jobId)?.wakes ?? []) wake(finished);
  }

  /**
   * One turn of a round over all that have been waited for a while; who has just begun hears of the outcome
   * by itself, as a rule. Errors are left to the next round.
   */
  #rereadSome(): void {
    this.#turnsLeft -= 1;
    const since = performance.now() - REREAD_MS;
    for (let reads = 0; reads < TURN_READS; reads += 1) {
      const { value, done } = this.#round.next();
      if (done || value[1].since > since) {
        if (this.#turnsLeft <= 0) this.#startRound();
        return;
      }
      const [jobId] = value;
      this.read(jobId)
        .then((status) => status?.finished && this.#wake(jobId, status.finished))
        .catch(() => undefined);
    }
  }

  #startRound(): void {
    this.#turnsLeft = REREAD_MS / TURN_MS;
    this.#round = this.#waiting.entries();
  }
}
