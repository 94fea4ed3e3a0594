/**
 * The batches of a process that are under way: most lanes share one, a lane with a slow command or in trouble goes by
 * itself. Finishes the jobs and announces the outcomes of what is through.
 *
 * A batch costs about the same whether it carries one command or twenty, so lanes share one
 * (docs/decisions/0022). When a shared batch fails, its lanes go on one by one, and those that are through take part in
 * the next. A command that needs a locked row waits in blocked-keys.ts, and its lane goes on without it.
 */
import type { Logger } from 'pino';
import { announce } from '../../src/lanes/announcements.ts';
import type { LaneConsumer } from '../../src/lanes/lane-queue.ts';
import type { RedisConnection } from '../../src/lanes/redis/redis.ts';
import { isOver } from '../batch/apply-with-retries.ts';
import type {
  BatchResult,
  FinishedCommand,
  LaneBatch,
  OwnedLane,
  TakenCommand,
} from '../batch/batch.ts';
import { LaneLost } from '../batch/faults.ts';
import { BlockedKeys } from './blocked-keys.ts';
import { byLane } from './by-lane.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { isLost, type LaneMembers } from './members.ts';

const PAUSE_AFTER_ERROR_MS = 200;
/** Shared batches at a time. A second concurrent batch only makes the next one smaller. */
const SHARED_BATCHES_MAX = 1;
/** A shared batch that takes longer keeps the lanes that are not in it waiting no more; so many of these at a time. */
const SLOW_MS = 1000;
const SLOW_BATCHES_MAX = 1;
/**
 * Lanes that go on by themselves at a time. With one connection for a shared batch, two for keys of a batch that met a
 * lock, two for blocked keys and three for timed work they fit into the connections of a worker.
 */
const LANES_ALONE_MAX = 2;

export interface RunningBatchesDeps {
  /** Sends announcements: behind the jobs that are finished, when the consumer uses the same connection. */
  redis: RedisConnection;
  redisPrefix: string;
  consumer: Pick<LaneConsumer, 'finish'>;
  members: LaneMembers;
  /** Commands in one batch at most. */
  batchSize: number;
  /** Whether a command is slow enough for its lane to run separately. */
  takesLong(command: TakenCommand): boolean;
  /** @returns undefined where the lanes have to go on one by one */
  runTogether(
    parts: readonly LaneBatch[],
    options: { isAnyBlocked: boolean },
  ): Promise<BatchResult | undefined>;
  runAlone(part: LaneBatch): Promise<BatchResult>;
  /** Tries commands of one key, which a locked row blocks. */
  runKey(part: LaneBatch, lockTimeoutMs: number): Promise<BatchResult>;
  /** Called when the outcomes of these have been announced. */
  announced(finished: readonly FinishedCommand[]): void;
  /** Called when a lane may take its next batch, or another shared batch may begin. */
  wake(): void;
  log: Logger;
}

export class RunningBatches {
  readonly #deps: RunningBatchesDeps;
  readonly #alone = new ConcurrencyLimit(LANES_ALONE_MAX);
  /** Shared batches under way, and whether each is slow. */
  readonly #shared = new Map<readonly LaneBatch[], boolean>();
  readonly blocked: BlockedKeys;

  constructor(deps: RunningBatchesDeps) {
    this.#deps = deps;
    this.blocked = new BlockedKeys({
      batchSize: deps.batchSize,
      run: (part, lockTimeoutMs) => deps.runKey(part, lockTimeoutMs),
      finish: (finished) => this.#finish(finished),
      leave: (lane) => this.#release(lane, { mustLeave: true }),
      log: deps.log,
    });
  }

  /** Whether another shared batch has to wait. One whose lanes are all lost may hang for a while, and does not count. */
  get isFull(): boolean {
    const live = [...this.#shared].filter(([parts]) => parts.some(({ lane }) => !isLost(lane)));
    const slow = live.filter(([, isSlow]) => isSlow).length;
    return live.length - Math.min(slow, SLOW_BATCHES_MAX) >= SHARED_BATCHES_MAX;
  }

  /** Starts batches: lanes with a slow command by themselves, all others together. */
  start(parts: readonly LaneBatch[]): void {
    const { takesLong } = this.#deps;
    this.#deps.members.begin(parts.map(({ lane }) => lane));
    const isLong = ({ commands }: LaneBatch) => commands.some(takesLong);
    for (const part of parts.filter(isLong)) void this.#goAlone(part);
    const shared = parts.filter((part) => !isLong(part));
    if (shared.length > 0) void this.#goTogether(shared);
  }

  /** Never rejects. Where the batch was committed and a later step failed, the lanes find its receipts. */
  async #goTogether(parts: readonly LaneBatch[]): Promise<void> {
    this.#shared.set(parts, false);
    const timer = setTimeout(() => {
      this.#shared.set(parts, true);
      this.#deps.wake();
    }, SLOW_MS);
    const isAnyBlocked = this.blocked.count > 0;
    const result = await this.#deps.runTogether(parts, { isAnyBlocked }).catch(() => undefined);
    clearTimeout(timer);
    this.#shared.delete(parts);
    if (result) this.#conclude(parts, result);
    else for (const part of parts) void this.#goAlone(part);
    this.#deps.wake();
  }

  /** Never rejects: a failure is logged, and the lane taken up again or left. */
  async #goAlone(part: LaneBatch): Promise<void> {
    const { lane } = part;
    try {
      if (lane.signal.aborted) throw new LaneLost(lane.name);
      this.#conclude([part], await this.#alone.run(() => this.#deps.runAlone(part)));
    } catch (error) {
      if (!isOver(error, lane)) {
        this.#deps.log.error(
          { err: error, lane: lane.name },
          'The batch of a lane failed; its commands are taken up again.',
        );
        await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_ERROR_MS));
      }
      this.#release(lane, { mustLeave: error instanceof LaneLost });
    }
  }

  /** A batch is through: its lanes can take the next one. */
  #conclude(parts: readonly LaneBatch[], { finished, blocked }: BatchResult): void {
    if (finished.length > 0) this.#finish(finished);
    const jobIds = new Set(blocked.map(({ jobId }) => jobId));
    for (const { lane, commands } of parts) {
      if (jobIds.size > 0) {
        const ofLane = commands.filter(({ jobId }) => jobIds.has(jobId));
        this.blocked.block(lane, ofLane);
      }
      this.#release(lane);
    }
  }

  /**
   * Finishes the jobs and announces their outcomes. Nobody has to wait for it: the next take is sent behind it
   * on the same connection. Where it does not arrive, the jobs are taken again, and their receipts are found.
   */
  #finish(finished: readonly FinishedCommand[]): void {
    const { redis, redisPrefix: prefix, consumer, announced, log } = this.#deps;
    const sent = [consumer.finish(byLane(finished)), announce(redis, prefix, finished)];
    const all = Promise.all(sent).then(() => announced(finished));
    all.catch((error) => {
      log.error(
        { err: error, jobs: finished.length },
        'Jobs could not be finished; they are taken up again.',
      );
    });
  }

  #release(lane: OwnedLane, { mustLeave = false } = {}): void {
    this.#deps.members.release(lane, { mustLeave });
    this.#deps.wake();
  }
}
