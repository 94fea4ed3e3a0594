/**
 * The queue seam by BullMQ's public interface alone, with calls for each job: slow, and simple enough to see that it keeps the
 * promises of `src/lanes/lane-queue.ts`, but one: `addBulk` sends a script for each job, and a crash may leave a part of them. The
 * contract test runs against it too, so that what the tests promise is what BullMQ does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Job, type Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import {
  type AcceptedCommand,
  COMMAND_FAILED,
  type FinishedOutcome,
} from '../../src/commands/command.ts';
import type { CommandStatus } from '../../src/lanes/command-status.ts';
import type {
  FinishedJob,
  LaneConsumer,
  LaneJob,
  LaneProducer,
  PendingJobs,
} from '../../src/lanes/lane-queue.ts';
import type { LaneName } from '../../src/lanes/lanes.ts';

export type LaneQueueOf = (lane: LaneName) => Queue | undefined;

/** With this token BullMQ's scripts neither take nor require a lock on a job: the owner of a lane is its only consumer. */
const NO_LOCK = '0';
const KEPT = { age: 300, count: 2000 };
const WAIT_MS = 1000;
const LOOK_EVERY_MS = 20;

/** Runs calls one after another, in the order in which they are made. */
class InOrder {
  #last: Promise<unknown> = Promise.resolve();

  run<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(act);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

export class ReferenceProducer implements LaneProducer {
  readonly #queueOf: LaneQueueOf;
  readonly #now: () => number;
  readonly #calls = new InOrder();

  constructor(queueOf: LaneQueueOf, now: () => number) {
    this.#queueOf = queueOf;
    this.#now = now;
  }

  add(lane: LaneName, jobs: readonly LaneJob[]): Promise<string[]> {
    const timestamp = this.#now();
    return this.#calls.run(async () => {
      const queue = this.#queueOf(lane);
      const found = await Promise.all(jobs.map(({ jobId }) => queue?.getJob(jobId)));
      await queue?.addBulk(
        jobs.map(({ jobId, name, accepted }) => ({
          name,
          data: accepted,
          opts: { jobId, timestamp },
        })),
      );
      return found.flatMap((job) => job?.id ?? []);
    });
  }

  mayHaveAdded(): boolean {
    return true;
  }

  async find(lane: LaneName, jobId: string): Promise<CommandStatus | undefined> {
    const job: Job<AcceptedCommand, FinishedOutcome> | undefined =
      await this.#queueOf(lane)?.getJob(jobId);
    if (!job) return undefined;
    const { subject, acceptedAt } = job.data;
    const state = await job.getState();
    const failed = { outcome: COMMAND_FAILED, finishedAt: job.finishedOn ?? 0 };
    return {
      jobId,
      command: job.name,
      subject,
      acceptedAt: new Date(acceptedAt),
      isRunning: state !== 'waiting',
      ...(state === 'completed' && { finished: job.returnvalue }),
      ...(state === 'failed' && { finished: failed }),
    };
  }

  async countPending(lane: LaneName): Promise<PendingJobs> {
    const queue = this.#queueOf(lane);
    if (!queue) return { waiting: 0, taken: 0, oldestAddedAt: undefined };
    const { waiting = 0, active = 0 } = await queue.getJobCounts('waiting', 'active');
    const oldest = [...(await queue.getActive(0, 0)), ...(await queue.getWaiting(0, 0))][0];
    return { waiting, taken: active, oldestAddedAt: oldest?.timestamp };
  }
}

export class ReferenceConsumer implements LaneConsumer {
  readonly #redis: Redis;
  readonly #queueOf: LaneQueueOf;
  readonly #workers = new Map<LaneName, Worker>();
  readonly #calls = new InOrder();
  #turn = 0;
  #stop: () => void = () => undefined;

  constructor(redis: Redis, queueOf: LaneQueueOf) {
    this.#redis = redis;
    this.#queueOf = queueOf;
  }

  take(
    lanes: readonly LaneName[],
    max: number,
    blockedIn: (lane: LaneName) => readonly string[] = () => [],
  ): Promise<Map<LaneName, LaneJob[]>> {
    return this.#calls.run(async () => {
      this.#turn += 1;
      const first = this.#turn % lanes.length;
      const inTurns = [...lanes.slice(first), ...lanes.slice(0, first)];
      const nexts = await Promise.all(inTurns.map((lane) => this.#nextOf(lane, blockedIn(lane))));
      const taken = new Map<LaneName, LaneJob[]>();
      let count = 0;
      // Takes one job from each lane in turn, so that short lanes are emptied first and the longer ones share the rest.
      for (let isAny = true; isAny && count < max; ) {
        isAny = false;
        for (const [place, lane] of inTurns.entries()) {
          const job = count < max ? await nexts[place]?.() : undefined;
          if (!job) continue;
          taken.set(lane, [...(taken.get(lane) ?? []), toLaneJob(job)]);
          count += 1;
          isAny = true;
        }
      }
      return taken;
    });
  }

  finish(finished: ReadonlyMap<LaneName, readonly FinishedJob[]>): Promise<void> {
    return this.#calls.run(async () => {
      for (const [lane, jobs] of finished) for (const job of jobs) await this.#finish(lane, job);
    });
  }

  async waitForJobs(lanes: readonly LaneName[]): Promise<void> {
    let isStopped = false;
    this.#stop = () => {
      isStopped = true;
    };
    for (let left = WAIT_MS; left > 0 && !isStopped; left -= LOOK_EVERY_MS) {
      const counts = await Promise.all(lanes.map((lane) => this.#queueOf(lane)?.getWaitingCount()));
      if (counts.some((count) => count)) return;
      await sleep(LOOK_EVERY_MS);
    }
  }

  stopWaiting(): void {
    this.#stop();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.close()));
  }

  /** Yields a lane's jobs one by one: the unfinished taken jobs; without any, the pending jobs. */
  async #nextOf(
    lane: LaneName,
    blocked: readonly string[],
  ): Promise<() => Promise<Job | undefined>> {
    const active = (await this.#queueOf(lane)?.getActive()) ?? [];
    const left = active.filter(({ id }) => !blocked.includes(id as string));
    if (left.length > 0) return async () => left.shift();
    const worker = this.#workerOf(lane);
    return () => worker.getNextJob(NO_LOCK, { block: false });
  }

  async #finish(lane: LaneName, { jobId, ...finished }: FinishedJob): Promise<void> {
    const { outcome } = finished;
    const job = await Job.fromId(this.#workerOf(lane), jobId);
    if ((await job?.getState()) !== 'active') return;
    if (outcome.state === 'failed') {
      await job?.moveToFailed(new Error(outcome.problem.detail), NO_LOCK, false);
    } else await job?.moveToCompleted(finished, NO_LOCK, false);
  }

  #workerOf(lane: LaneName): Worker {
    const known = this.#workers.get(lane);
    if (known) return known;
    const prefix = this.#queueOf(lane)?.opts.prefix ?? '';
    const worker = new Worker(lane, undefined, {
      connection: this.#redis,
      prefix,
      autorun: false,
      skipVersionCheck: true,
      removeOnComplete: KEPT,
      removeOnFail: KEPT,
    });
    worker.on('error', () => undefined);
    this.#workers.set(lane, worker);
    return worker;
  }
}

function toLaneJob({ id, name, data }: Job): LaneJob {
  return { jobId: id as string, name, accepted: data };
}
