/**
 * The batches in flight of a process. Most lanes share one batch; a lane with a slow command or a failed batch runs
 * separately. After each batch this class completes the jobs and announces the outcomes.
 *
 * A batch of twenty commands costs about as much as a batch of one, so lanes share batches (docs/decisions/0022). When a
 * shared batch fails, each of its lanes runs separately, and joins a shared batch again as soon as it has succeeded. A
 * command that needs a locked row waits in blocked-keys.ts, and its lane continues without it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { announce } from '../../src/lanes/announcements.ts';
import type { LaneConsumer } from '../../src/lanes/lane-queue.ts';
import type { RedisConnection } from '../../src/lanes/redis/redis.ts';
import { mustLeaveLane } from '../batch/apply-with-retries.ts';
import type {
  BatchResult,
  FinishedCommand,
  LaneBatch,
  OwnedLane,
  TakenCommand,
} from '../batch/batch.ts';
import { LaneLost } from '../batch/faults.ts';
import type { BatchLimits } from './batch-limits.ts';
import { BlockedKeys } from './blocked-keys.ts';
import { byLane } from './by-lane.ts';
import { isLost, type LaneMembers } from './members.ts';

const PAUSE_AFTER_ERROR_MS = 200;
/** Maximum of concurrent shared batches of a loop. A second concurrent batch only makes the next one smaller. */
const SHARED_BATCHES_MAX = 1;
/** A shared batch that takes longer is slow: another shared batch may start beside it. */
const SLOW_MS = 1000;
/** Maximum of slow batches that do not count as concurrent. */
const SLOW_BATCHES_MAX = 1;

/** The ways to run commands. */
export interface BatchRuns {
  /** @returns undefined if the lanes must run separately */
  runTogether(
    laneBatches: readonly LaneBatch[],
    options: { isAnyBlocked: boolean },
  ): Promise<BatchResult | undefined>;
  runAlone(laneBatch: LaneBatch): Promise<BatchResult>;
  /** Retries commands of one key that a locked row blocks. */
  runKey(laneBatch: LaneBatch, lockTimeoutMs: number): Promise<BatchResult>;
}

export interface RunningBatchesDeps extends BatchRuns {
  /** Publishes the announcements. On the consumer's connection they arrive after the jobs have been completed. */
  redis: RedisConnection;
  redisPrefix: string;
  consumer: Pick<LaneConsumer, 'finish'>;
  members: LaneMembers;
  limits: BatchLimits;
  /** Maximum of commands per batch and lane. */
  batchSize: number;
  /** Whether a command is slow enough for its lane to run separately. */
  takesLong(command: TakenCommand): boolean;
  /** Called when commands of a blocked key were applied, with the ms since they were set aside. */
  unblocked(ms: number): void;
  /** Called when the outcomes of these commands have been announced. */
  announced(finished: readonly FinishedCommand[]): void;
  /** Called when a lane may take its next batch, or another shared batch may begin. */
  wake(): void;
  log: Logger;
}

export class RunningBatches {
  readonly #deps: RunningBatchesDeps;
  /** The shared batches in flight, and whether each is slow. */
  readonly #shared = new Map<readonly LaneBatch[], boolean>();
  readonly blocked: BlockedKeys;

  constructor(deps: RunningBatchesDeps) {
    this.#deps = deps;
    this.blocked = new BlockedKeys({
      batchSize: deps.batchSize,
      limit: deps.limits.blockedKeys,
      run: (laneBatch, lockTimeoutMs) => deps.runKey(laneBatch, lockTimeoutMs),
      finish: (finished) => this.#finish(finished),
      leave: (lane) => this.#release(lane, { mustLeave: true }),
      unblocked: deps.unblocked,
      log: deps.log,
    });
  }

  /** Whether a further shared batch must wait. A batch whose lanes are all lost may hang for a while and does not count. */
  get isFull(): boolean {
    const live = [...this.#shared].filter(([laneBatches]) =>
      laneBatches.some(({ lane }) => !isLost(lane)),
    );
    const slow = live.filter(([, isSlow]) => isSlow).length;
    return live.length - Math.min(slow, SLOW_BATCHES_MAX) >= SHARED_BATCHES_MAX;
  }

  /** Starts batches: one for each lane with a slow command, and one shared batch for all other lanes. */
  start(laneBatches: readonly LaneBatch[]): void {
    const { takesLong } = this.#deps;
    this.#deps.members.begin(laneBatches.map(({ lane }) => lane));
    const isLong = ({ commands }: LaneBatch) => commands.some(takesLong);
    for (const laneBatch of laneBatches.filter(isLong)) void this.#runAlone(laneBatch);
    const shared = laneBatches.filter((laneBatch) => !isLong(laneBatch));
    if (shared.length > 0) void this.#runTogether(shared);
  }

  /** Never rejects. If a step after the commit fails, the retry finds the receipts of the batch. */
  async #runTogether(laneBatches: readonly LaneBatch[]): Promise<void> {
    this.#shared.set(laneBatches, false);
    const timer = setTimeout(() => {
      this.#shared.set(laneBatches, true);
      this.#deps.wake();
    }, SLOW_MS);
    const isAnyBlocked = this.blocked.count > 0;
    const { limits, runTogether, log } = this.#deps;
    const run = () => runTogether(laneBatches, { isAnyBlocked });
    const result = await limits.shared.run(run).catch((error) => {
      if (laneBatches.every(({ lane }) => mustLeaveLane(error, lane))) return;
      const lanes = laneBatches.map(({ lane }) => lane.name);
      log.warn(
        { err: error, lanes },
        'A batch over several lanes was not concluded; its lanes run one by one, and find the receipts of what was committed.',
      );
    });
    clearTimeout(timer);
    this.#shared.delete(laneBatches);
    if (result) this.#conclude(laneBatches, result);
    else for (const laneBatch of laneBatches) void this.#runAlone(laneBatch);
    this.#deps.wake();
  }

  /** Never rejects: a failure is logged, and the lane is polled again, or left if it is lost. */
  async #runAlone(laneBatch: LaneBatch): Promise<void> {
    const { lane } = laneBatch;
    try {
      if (lane.signal.aborted) throw new LaneLost(lane.name);
      const { limits, runAlone } = this.#deps;
      this.#conclude([laneBatch], await limits.lanesAlone.run(() => runAlone(laneBatch)));
    } catch (error) {
      if (!mustLeaveLane(error, lane)) {
        this.#deps.log.error(
          { err: error, lane: lane.name },
          'The batch of a lane failed; its commands will be retried.',
        );
        await sleep(PAUSE_AFTER_ERROR_MS);
      }
      this.#release(lane, { mustLeave: error instanceof LaneLost });
    }
  }

  /** Handles the result of a batch and lets its lanes dequeue the next one. */
  #conclude(laneBatches: readonly LaneBatch[], { finished, blocked }: BatchResult): void {
    if (finished.length > 0) this.#finish(finished);
    const jobIds = new Set(blocked.map(({ jobId }) => jobId));
    for (const { lane, commands } of laneBatches) {
      if (jobIds.size > 0) {
        const ofLane = commands.filter(({ jobId }) => jobIds.has(jobId));
        this.blocked.block(lane, ofLane);
      }
      this.#release(lane);
    }
  }

  /**
   * Completes the jobs and announces their outcomes. The loop does not await this, because the next dequeue follows on
   * the same connection. If the completion fails, the jobs are dequeued again, and the retry finds their receipts.
   */
  #finish(finished: readonly FinishedCommand[]): void {
    const { redis, redisPrefix: prefix, consumer, announced, log } = this.#deps;
    const sent = [consumer.finish(byLane(finished)), announce(redis, prefix, finished)];
    const all = Promise.all(sent).then(() => announced(finished));
    all.catch((error) => {
      log.error(
        { err: error, jobs: finished.length },
        'Jobs could not be completed; they are dequeued again, and their receipts return the same outcomes.',
      );
    });
  }

  #release(lane: OwnedLane, { mustLeave = false } = {}): void {
    this.#deps.members.release(lane, { mustLeave });
    this.#deps.wake();
  }
}
