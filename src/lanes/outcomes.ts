/**
 * Reads the outcome of a job or waits for it.
 *
 * A read looks at the job in Redis first, then at the receipt in PostgreSQL, which remains after Redis has dropped the
 * job. Announcements wake waiting callers. Because an announcement can be missed (reconnect, restart), pending outcomes
 * are also polled (see taskforcesh/bullmq issues 1270, 1558 and 2749).
 */
import type { FinishedOutcome } from '../commands/command.ts';
import type { ReceiptReader } from '../db/reads/receipts.ts';
import type { Announcement } from './announcements.ts';
import { type CommandStatus, fromReceipt } from './command-status.ts';
import { parseJobId } from './job-id.ts';
import type { LaneProducer } from './lane-queue.ts';

/** The interval at which a pending outcome is polled, in ms; longer if very many are pending. */
const REREAD_MS = 1000;
/** Polls are spread over ticks: ten thousand reads at once would delay all other requests. */
const TURN_MS = 50;
const TURN_READS = 100;

type Wake = (finished?: FinishedOutcome) => void;

/** A wait for the outcome of a job. */
export interface Waiting {
  /** Undefined if the wait timed out or was stopped, or the process is stopping. */
  outcome: Promise<FinishedOutcome | undefined>;
  stop(): void;
}

/** The callers that wait for one job. */
interface Waiters {
  wakes: Wake[];
  /** When the first wait started, on the clock of `performance`, in ms. */
  since: number;
}

export class Outcomes {
  readonly #producer: Pick<LaneProducer, 'find'>;
  readonly #receipts: ReceiptReader;
  /** By job id, in the order in which the waits started. */
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

  /** Wakes the callers that wait for one of these outcomes. */
  onAnnouncements(announcements: readonly Announcement[]): void {
    for (const announcement of announcements) this.#wake(announcement.jobId, announcement);
  }

  /**
   * Reads the status of a command.
   * @returns undefined if neither Redis nor PostgreSQL knows the job
   * @throws if Redis has no such job and PostgreSQL is unavailable, or there is no receipt and Redis is unavailable
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
   * Waits for a command's outcome. For a new command, start the wait before adding it: the announcement can arrive before
   * `add` resolves.
   * @param ms the timeout
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

  /** Ends all waits, so that no request hangs while the process stops. */
  stopWaiting(): void {
    this.#isStopping = true;
    for (const jobId of this.#waiting.keys()) this.#wake(jobId);
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** The number of jobs with a waiting caller. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The current poll interval of a pending outcome, in ms. */
  get pollIntervalMs(): number {
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
   * Polls the next outcomes of the current round. A round covers all waits older than REREAD_MS; younger ones are usually
   * woken by an announcement. The next round retries after errors.
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
