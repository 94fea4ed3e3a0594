/**
 * The loop of one lane: take the commands that wait, have them carried out, complete their jobs,
 * tell who waits. One batch at a time, in the exact order of enqueueing; what arrives during a batch
 * forms the next one. It knows nothing of seats or points.
 *
 * Jobs are taken without BullMQ's locks (token `0`): a lane's only consumer is its owner, and whoever
 * still believes to be one is fenced off in PostgreSQL. So nothing has to be renewed, a job never
 * stalls, and what a dead owner had in its hands is found at once, in its order, in the list of active
 * jobs (docs/decisions/0004).
 */
import { Job, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { AcceptedCommand } from '../src/commands/command.ts';
import { announce } from '../src/lanes/announcements.ts';
import { LaneLost } from './faults.ts';
import type { FinishedCommand, OwnedLane, TakenCommand } from './run-batch.ts';

/** BullMQ's token for jobs that are taken without a lock. */
const NO_LOCK = '0';
/** How long an idle loop waits for a job before it looks for jobs that a former owner left, in s. */
const IDLE_SECONDS = 1;
const PAUSE_AFTER_ERROR_MS = 200;
/** How long finished jobs stay in Redis for readers and the dashboard; then receipts answer. */
const FINISHED_KEPT = { age: 300, count: 2000 };
/** BullMQ's codes for a job that is gone, or finished already: by us before an error, or by a former owner. */
const ALREADY_FINISHED = new Set([-1, -3]);

type LaneJob = Job<AcceptedCommand>;

export interface LaneWorkerDeps {
  redis: Redis;
  redisPrefix: string;
  /** Commands in one batch at most. */
  batchSize: number;
  carryOut(lane: OwnedLane, batch: readonly TakenCommand[]): Promise<FinishedCommand[]>;
  log: Logger;
}

export class LaneWorker {
  readonly #deps: LaneWorkerDeps;
  readonly #lane: OwnedLane;
  readonly #worker: Worker;
  /** Jobs may be active that this loop has not in its hands. */
  #mayHaveStrays = true;

  constructor(deps: LaneWorkerDeps, lane: OwnedLane) {
    this.#deps = deps;
    this.#lane = lane;
    this.#worker = new Worker(lane.name, null, {
      connection: deps.redis,
      prefix: deps.redisPrefix,
      autorun: false,
      drainDelay: IDLE_SECONDS,
      removeOnComplete: FINISHED_KEPT,
      removeOnFail: FINISHED_KEPT,
      skipVersionCheck: true,
    });
    this.#worker.on('error', (error) => {
      deps.log.debug({ err: error, lane: lane.name }, 'BullMQ reported an error; it tries again.');
    });
  }

  /** Runs until the lane's signal is aborted; the batch under way is finished first. */
  async run(): Promise<void> {
    const { signal } = this.#lane;
    const interrupt = () => this.#worker.close().catch(() => undefined);
    signal.addEventListener('abort', interrupt, { once: true });
    while (!signal.aborted) {
      try {
        const jobs = await this.#take();
        if (jobs.length > 0) await this.#carryOut(jobs);
      } catch (error) {
        if (error instanceof LaneLost || signal.aborted) break;
        this.#mayHaveStrays = true;
        const about = { err: error, lane: this.#lane.name };
        this.#deps.log.error(about, 'The loop of a lane failed; its commands are taken up again.');
        await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_ERROR_MS));
      }
    }
    await interrupt();
  }

  /** The next batch: at most `batchSize` jobs, in the order in which they were enqueued. */
  async #take(): Promise<LaneJob[]> {
    const { redis, batchSize } = this.#deps;
    if (this.#mayHaveStrays) {
      const strays = await this.#strays();
      if (strays.length > 0) return strays;
      this.#mayHaveStrays = false;
    }
    const first = await this.#worker.getNextJob(NO_LOCK, { block: true });
    if (!first) {
      this.#mayHaveStrays = true;
      return [];
    }
    const waiting = await redis.llen(this.#worker.toKey('wait'));
    const rest = await Promise.all(
      Array.from({ length: Math.min(waiting, batchSize - 1) }, () =>
        this.#worker.getNextJob(NO_LOCK, { block: false }),
      ),
    );
    const jobs = [first, ...rest].filter((job) => job !== undefined);
    // A former owner that woke up may have taken a job just before us: it stands first in the list.
    const active = await redis.llen(this.#worker.toKey('active'));
    return active === jobs.length ? jobs : this.#strays();
  }

  /** The jobs that are active in this lane, oldest first, whoever took them. */
  async #strays(): Promise<LaneJob[]> {
    const { redis, batchSize } = this.#deps;
    const key = this.#worker.toKey('active');
    // Jobs enter the list at its left end.
    const ids = (await redis.lrange(key, -batchSize, -1)).reverse();
    const jobs = await Promise.all(
      ids.map((id) => Job.fromId<AcceptedCommand>(this.#worker as never, id)),
    );
    const gone = ids.filter((_, index) => !jobs[index]);
    await Promise.all(gone.map((id) => redis.lrem(key, 0, id)));
    this.#mayHaveStrays = ids.length > 0;
    return jobs.filter((job) => job !== undefined);
  }

  async #carryOut(jobs: readonly LaneJob[]): Promise<void> {
    const batch = jobs.map((job) => ({
      jobId: job.id as string,
      name: job.name,
      accepted: job.data,
    }));
    const finished = await this.#deps.carryOut(this.#lane, batch);
    await Promise.all(jobs.map((job, index) => complete(job, finished[index] as FinishedCommand)));
    const { redis, redisPrefix: prefix } = this.#deps;
    await announce(redis, { prefix, lane: this.#lane.name, outcomes: finished });
  }
}

async function complete(job: LaneJob, { outcome, finishedAt }: FinishedCommand): Promise<void> {
  try {
    if (outcome.state === 'failed') {
      await job.moveToFailed(new UnrecoverableError(outcome.problem.detail), NO_LOCK, false);
    } else {
      await job.moveToCompleted({ outcome, finishedAt }, NO_LOCK, false);
    }
  } catch (error) {
    if (!ALREADY_FINISHED.has((error as { code?: number }).code ?? 0)) throw error;
  }
}
