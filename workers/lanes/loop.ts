/**
 * The loop over the lanes of this process. It dequeues the pending commands of all lanes that have no batch in flight,
 * and starts their batches (running-batches.ts). A lane has at most one batch in flight, with its commands in enqueue
 * order; commands that arrive meanwhile form the next batch. The loop contains no domain logic.
 *
 * Jobs are dequeued without BullMQ's locks. Only the owner of a lane consumes it, and the fence in PostgreSQL rolls back
 * the batches of a former owner. So no lock has to be renewed, no job stalls, and a new owner immediately finds the jobs
 * of a crashed one in their order (docs/decisions/0004).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LaneConsumer } from '../../src/lanes/lane-queue.ts';
import type { LaneName } from '../../src/lanes/lanes.ts';
import type { LaneBatch, OwnedLane } from '../batch/batch.ts';
import { LaneMembers } from './members.ts';
import { RunningBatches, type RunningBatchesDeps } from './running-batches.ts';
import { WorkSignal } from './work-signal.ts';

const PAUSE_AFTER_ERROR_MS = 200;

export interface LaneLoopDeps extends Omit<RunningBatchesDeps, 'consumer' | 'members' | 'wake'> {
  /** Opens a consumer for one loop; loops wait for jobs independently. */
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

  /** Number of commands that wait for rows locked by other transactions. */
  get blockedCommands(): number {
    return this.#batches.blocked.count;
  }

  /**
   * Consumes a lane until its signal is aborted, or until a batch finds that another process has taken over the lane.
   * @returns a promise that resolves when the loop no longer consumes the lane: after the batch in flight, or immediately
   *   if the lane is lost
   */
  consume(lane: OwnedLane): Promise<void> {
    const left = this.#members.join(lane);
    if (this.#looping === undefined) void this.#loop();
    return left;
  }

  /**
   * Lanes without a batch that were last polled before `time`. No lane counts while the shared batches are full, because
   * the loop then polls none.
   * @param time in ms by the monotonic clock
   */
  notPolledSince(time: number): LaneName[] {
    return this.#batches.isFull ? [] : this.#members.notPolledSince(time);
  }

  /** Resolves when no retry of a blocked key is in flight. */
  settled(): Promise<void> {
    return this.#batches.blocked.settled();
  }

  /** Starts a new loop in place of one that hangs. The old loop ends as soon as it continues. */
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
        if (isFull || !(await this.#takePending())) await seen.wait(!isFull);
      } catch (error) {
        const lanes = this.#members.names;
        this.#deps.log.error(
          { err: error, lanes },
          'The loop over the lanes failed; it retries after a short pause.',
        );
        await sleep(PAUSE_AFTER_ERROR_MS);
      }
    }
    if (this.#looping !== me) return;
    this.#looping = undefined;
    this.#signal.stopWaiting();
  }

  /** Dequeues the pending commands of idle lanes and starts their batches. @returns whether there were any */
  async #takePending(): Promise<boolean> {
    const lanes = this.#members.claimIdle();
    if (lanes.length === 0) return false;
    const { blocked } = this.#batches;
    let laneBatches: LaneBatch[] = [];
    let isAnyTaken = false;
    try {
      const names = lanes.map(({ name }) => name).filter((lane) => !blocked.isFull(lane));
      if (names.length === 0) return false;
      const blockedIn = (lane: LaneName) => blocked.jobIdsIn(lane);
      const taken = await this.#consumer.take(names, this.#deps.batchSize, blockedIn);
      isAnyTaken = taken.size > 0;
      laneBatches = lanes.flatMap((lane) => {
        // The lane was released meanwhile; its next owner finds the dequeued commands.
        if (lane.signal.aborted) return [];
        const commands = blocked.sift(lane, taken.get(lane.name) ?? []);
        return commands.length > 0 ? [{ lane, commands }] : [];
      });
    } finally {
      const taking = new Set(laneBatches.map(({ lane }) => lane));
      for (const lane of lanes) if (!taking.has(lane)) this.#members.release(lane);
    }
    this.#batches.start(laneBatches);
    return isAnyTaken;
  }
}
