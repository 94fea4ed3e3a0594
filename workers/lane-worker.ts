/**
 * The loop over the lanes of this process: take the pending commands of all of them, apply them in one transaction,
 * finish their jobs, announce the outcomes. A lane has one batch at a time, in the exact order of enqueueing; what
 * arrives meanwhile forms the next one. The loop knows nothing of seats or points.
 *
 * A batch costs about the same whether it carries one command or twenty, so all lanes share one
 * (docs/decisions/0022). When a shared batch fails, its lanes go on one by one, and those that are through take part in
 * the next. A command that needs a locked row waits in blocked-keys.ts, and its lane goes on without it.
 *
 * Jobs are taken without BullMQ's locks: a lane's only consumer is its owner, and a process that still believes to be
 * the owner is fenced off in PostgreSQL. So nothing has to be renewed, a job never stalls, and the jobs that a dead
 * owner had taken are found at once and in their order (docs/decisions/0004).
 */
import type { Logger } from 'pino';
import { announce } from '../src/lanes/announcements.ts';
import type { LaneName } from '../src/lanes/lanes.ts';
import type { RedisConnection } from '../src/lanes/redis.ts';
import type { BatchResult, FinishedCommand, LaneBatch, OwnedLane, TakenCommand } from './batch.ts';
import { BlockedKeys } from './blocked-keys.ts';
import { byLane } from './by-lane.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { LaneLost } from './faults.ts';
import { LaneJobs } from './lane-jobs.ts';
import { LaneMarks } from './lane-marks.ts';
import { isLost, LaneMembers } from './lane-members.ts';

const PAUSE_AFTER_ERROR_MS = 200;
/** Shared batches at a time. A second concurrent batch only makes the next one smaller. */
const SHARED_BATCHES_MAX = 1;
/**
 * Lanes that go on by themselves at a time. With two connections for the shared batch, two for blocked keys and three for
 * timed work they fit into the connections of a worker.
 */
const LANES_ALONE_MAX = 3;

export interface LaneWorkerDeps {
  /** A connection that knows the scripts of lane-scripts.ts. */
  redis: RedisConnection;
  redisPrefix: string;
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
  log: Logger;
}

export class LaneWorker {
  readonly #deps: LaneWorkerDeps;
  readonly #jobs: LaneJobs;
  readonly #marks: LaneMarks;
  readonly #alone = new ConcurrencyLimit(LANES_ALONE_MAX);
  readonly #blocked: BlockedKeys;
  readonly #members = new LaneMembers(() => this.#watch());
  /** Shared batches under way. */
  readonly #shared = new Set<readonly LaneBatch[]>();
  #isLooping = false;

  constructor(deps: LaneWorkerDeps) {
    this.#deps = deps;
    this.#jobs = new LaneJobs(deps.redis, deps.redisPrefix);
    this.#marks = new LaneMarks(deps.redis);
    this.#blocked = new BlockedKeys({
      batchSize: deps.batchSize,
      run: (part, lockTimeoutMs) => deps.runKey(part, lockTimeoutMs),
      finish: (finished) => this.#finish(finished),
      leave: (lane) => this.#release(lane, { mustLeave: true }),
      log: deps.log,
    });
  }

  /** Commands that wait for rows which other transactions have locked. */
  get blockedCommands(): number {
    return this.#blocked.count;
  }

  /**
   * Consumes a lane until its signal is aborted, after the batch under way; at once where the lane is lost.
   * @returns settles when the lane is left; by itself where it turns out to have another owner
   */
  consume(lane: OwnedLane): Promise<void> {
    const left = this.#members.join(lane);
    if (!this.#isLooping) void this.#loop();
    return left;
  }

  #watch(): void {
    this.#marks.watch(this.#members.names.map((lane) => this.#jobs.markerKey(lane)));
  }

  async #loop(): Promise<void> {
    this.#isLooping = true;
    while (this.#members.size > 0) {
      try {
        const seen = this.#marks.begin();
        const isFull = this.#isFull();
        if (isFull || !(await this.#takeSome())) await seen.wait(!isFull);
      } catch (error) {
        const lanes = this.#members.names;
        this.#deps.log.error(
          { err: error, lanes },
          'The loop over the lanes failed; it takes their commands up again.',
        );
        await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_ERROR_MS));
      }
    }
    this.#isLooping = false;
    this.#marks.rest();
  }

  /** A batch whose lanes are all lost may hang for a while; it keeps no new one waiting. */
  #isFull(): boolean {
    const live = [...this.#shared].filter((parts) => parts.some(({ lane }) => !isLost(lane)));
    return live.length >= SHARED_BATCHES_MAX;
  }

  /** Takes the pending commands of lanes that are not busy, and starts their batches. @returns whether there were any */
  async #takeSome(): Promise<boolean> {
    const lanes = this.#members.claimIdle();
    if (lanes.length === 0) return false;
    let parts: LaneBatch[] = [];
    let isAnyTaken = false;
    try {
      const names = lanes.map(({ name }) => name).filter((lane) => !this.#blocked.isFull(lane));
      const blockedIn = (lane: LaneName) => this.#blocked.jobIdsIn(lane);
      const taken = await this.#jobs.take(names, this.#deps.batchSize, blockedIn);
      isAnyTaken = taken.size > 0;
      parts = lanes.flatMap((lane) => {
        // A lane that was given back meanwhile: its next owner finds what was taken.
        if (lane.signal.aborted) return [];
        const commands = this.#blocked.sift(lane, taken.get(lane.name) ?? []);
        return commands.length > 0 ? [{ lane, commands }] : [];
      });
    } finally {
      const taking = new Set(parts.map(({ lane }) => lane));
      for (const lane of lanes) if (!taking.has(lane)) this.#members.release(lane);
    }
    this.#set(parts);
    return isAnyTaken;
  }

  /** Starts batches: lanes with a slow command by themselves, all others together. */
  #set(parts: readonly LaneBatch[]): void {
    const { takesLong } = this.#deps;
    const isLong = ({ commands }: LaneBatch) => commands.some(takesLong);
    for (const part of parts.filter(isLong)) void this.#goAlone(part);
    const shared = parts.filter((part) => !isLong(part));
    if (shared.length > 0) void this.#goTogether(shared);
  }

  /** Never rejects. Where the batch was committed and a later step failed, the lanes find its receipts. */
  async #goTogether(parts: readonly LaneBatch[]): Promise<void> {
    this.#shared.add(parts);
    const isAnyBlocked = this.#blocked.count > 0;
    const result = await this.#deps.runTogether(parts, { isAnyBlocked }).catch(() => undefined);
    this.#shared.delete(parts);
    if (result) this.#conclude(parts, result);
    else for (const part of parts) void this.#goAlone(part);
    this.#marks.wake();
  }

  /** Never rejects: a failure is logged, and the lane taken up again or left. */
  async #goAlone(part: LaneBatch): Promise<void> {
    const { lane } = part;
    try {
      if (lane.signal.aborted) throw new LaneLost(lane.name);
      this.#conclude([part], await this.#alone.run(() => this.#deps.runAlone(part)));
    } catch (error) {
      const isOver = error instanceof LaneLost || lane.signal.aborted;
      if (!isOver) {
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
        this.#blocked.block(lane, ofLane);
      }
      this.#release(lane);
    }
  }

  /**
   * Finishes the jobs and announces their outcomes. Nobody has to wait for it: the next take is sent behind it
   * on the same connection. Where it does not arrive, the jobs are taken again, and their receipts are found.
   */
  #finish(finished: readonly FinishedCommand[]): void {
    const { redis, redisPrefix: prefix, announced, log } = this.#deps;
    const sent = [this.#jobs.finish(byLane(finished)), announce(redis, prefix, finished)];
    const all = Promise.all(sent).then(() => announced(finished));
    all.catch((error) => {
      const jobs = finished.length;
      log.error({ err: error, jobs }, 'Jobs could not be finished; they are taken up again.');
    });
  }

  #release(lane: OwnedLane, { mustLeave = false } = {}): void {
    this.#members.release(lane, { mustLeave });
    this.#marks.wake();
  }
}
