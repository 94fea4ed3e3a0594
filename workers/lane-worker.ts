/**
 * The loop over the lanes of this process: takes the pending commands of all lanes that have no batch under way, and
 * starts their batches (running-batches.ts). A lane has one batch at a time, in the exact order of enqueueing; what
 * arrives meanwhile forms the next one. The loop knows nothing of seats or points.
 *
 * Jobs are taken without BullMQ's locks: a lane's only consumer is its owner, and a process that still believes to be
 * the owner is fenced off in PostgreSQL. So nothing has to be renewed, a job never stalls, and the jobs that a dead
 * owner had taken are found at once and in their order (docs/decisions/0004).
 */
import type { LaneName } from '../src/lanes/lanes.ts';
import type { RedisConnection } from '../src/lanes/redis.ts';
import type { LaneBatch, OwnedLane } from './batch/batch.ts';
import { LaneJobs } from './lane-jobs.ts';
import { LaneMarks } from './lane-marks.ts';
import { LaneMembers } from './lane-members.ts';
import { RunningBatches, type RunningBatchesDeps } from './running-batches.ts';

const PAUSE_AFTER_ERROR_MS = 200;

export interface LaneWorkerDeps extends Omit<RunningBatchesDeps, 'jobs' | 'members' | 'wake'> {
  /** A connection that knows the scripts of lane-scripts.ts. */
  redis: RedisConnection;
}

export class LaneWorker {
  readonly #deps: LaneWorkerDeps;
  readonly #jobs: LaneJobs;
  readonly #marks: LaneMarks;
  readonly #batches: RunningBatches;
  readonly #members = new LaneMembers(() => this.#watch());
  #looping: symbol | undefined;

  constructor(deps: LaneWorkerDeps) {
    this.#deps = deps;
    this.#jobs = new LaneJobs(deps.redis, deps.redisPrefix);
    this.#marks = new LaneMarks(deps.redis);
    this.#batches = new RunningBatches({
      ...deps,
      jobs: this.#jobs,
      members: this.#members,
      wake: () => this.#marks.wake(),
    });
  }

  /** Commands that wait for rows which other transactions have locked. */
  get blockedCommands(): number {
    return this.#batches.blocked.count;
  }

  /**
   * Consumes a lane until its signal is aborted, after the batch under way; at once where the lane is lost.
   * @returns settles when the lane is left; by itself where it turns out to have another owner
   */
  consume(lane: OwnedLane): Promise<void> {
    const left = this.#members.join(lane);
    if (this.#looping === undefined) void this.#loop();
    return left;
  }

  /**
   * Lanes without a batch that were last polled before `time`. While shared batches take their time no lane is polled.
   * @param time in ms by the monotonic clock
   */
  notPolledSince(time: number): LaneName[] {
    return this.#batches.isFull ? [] : this.#members.notPolledSince(time);
  }

  /** Settles when the tries of blocked keys that are under way have ended. */
  settled(): Promise<void> {
    return this.#batches.blocked.settled();
  }

  /** Begins the loop anew; the one before ends as soon as it goes on. For a loop that hangs. */
  restart(): void {
    void this.#loop();
  }

  #watch(): void {
    this.#marks.watch(this.#members.names.map((lane) => this.#jobs.markerKey(lane)));
  }

  async #loop(): Promise<void> {
    const me = Symbol('loop');
    this.#looping = me;
    while (this.#members.size > 0 && this.#looping === me) {
      try {
        const seen = this.#marks.begin();
        const { isFull } = this.#batches;
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
    if (this.#looping !== me) return;
    this.#looping = undefined;
    this.#marks.rest();
  }

  /** Takes the pending commands of lanes that are not busy, and starts their batches. @returns whether there were any */
  async #takeSome(): Promise<boolean> {
    const lanes = this.#members.claimIdle();
    if (lanes.length === 0) return false;
    const { blocked } = this.#batches;
    let parts: LaneBatch[] = [];
    let isAnyTaken = false;
    try {
      const names = lanes.map(({ name }) => name).filter((lane) => !blocked.isFull(lane));
      if (names.length === 0) return false;
      const blockedIn = (lane: LaneName) => blocked.jobIdsIn(lane);
      const taken = await this.#jobs.take(names, this.#deps.batchSize, blockedIn);
      isAnyTaken = taken.size > 0;
      parts = lanes.flatMap((lane) => {
        // A lane that was given back meanwhile: its next owner finds what was taken.
        if (lane.signal.aborted) return [];
        const commands = blocked.sift(lane, taken.get(lane.name) ?? []);
        return commands.length > 0 ? [{ lane, commands }] : [];
      });
    } finally {
      const taking = new Set(parts.map(({ lane }) => lane));
      for (const lane of lanes) if (!taking.has(lane)) this.#members.release(lane);
    }
    this.#batches.start(parts);
    return isAnyTaken;
  }
}
