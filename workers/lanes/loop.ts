/**
 * The loop over the lanes of this process: takes the pending commands of all lanes that have no batch under way, and
 * starts their batches (running-batches.ts). A lane has one batch at a time, in the exact order of enqueueing; what
 * arrives meanwhile forms the next one. The loop knows nothing of seats or points.
 *
 * Jobs are taken without BullMQ's locks: a lane's only consumer is its owner, and a process that still believes to be
 * the owner is fenced off in PostgreSQL. So nothing has to be renewed, a job never stalls, and the jobs that a dead
 * owner had taken are found at once and in their order (docs/decisions/0004).
 */
import type { LaneConsumer } from '../../src/lanes/lane-queue.ts';
import type { LaneName } from '../../src/lanes/lanes.ts';
import type { LaneBatch, OwnedLane } from '../batch/batch.ts';
import { LaneMembers } from './members.ts';
import { RunningBatches, type RunningBatchesDeps } from './running-batches.ts';
import { WorkSignal } from './work-signal.ts';

const PAUSE_AFTER_ERROR_MS = 200;

export interface LaneLoopDeps extends Omit<RunningBatchesDeps, 'consumer' | 'members' | 'wake'> {
  /** Each loop waits for jobs by itself, so it has a consumer of its own. */
  openConsumer(): LaneConsumer;
}

export class LaneLoop {
  readonly #deps: LaneLoopDeps;
  readonly #consumer: LaneConsumer;
  readonly #signal: WorkSignal;
  readonly #batches: RunningBatches;
  readonly #members = new LaneMembers(() => this.#watch());
  #looping: symbol | undefined;

  constructor(deps: LaneLoopDeps) {
    this.#deps = deps;
    this.#consumer = deps.openConsumer();
    this.#signal = new WorkSignal(this.#consumer);
    this.#batches = new RunningBatches({
      ...deps,
      consumer: this.#consumer,
      members: this.#members,
      wake: () => this.#signal.wake(),
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
    this.#signal.watch(this.#members.names);
  }

  async #loop(): Promise<void> {
    const me = Symbol('loop');
    this.#looping = me;
    while (this.#members.size > 0 && this.#looping === me) {
      try {
        const seen = this.#signal.begin();
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
    this.#signal.rest();
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
      const taken = await this.#consumer.take(names, this.#deps.batchSize, blockedIn);
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
