/** Cancelled performances in tests: cancels one, and runs the timer that ends its orders step by step. */

import type { Schedule } from '../../../src/commands/schemas/resources.ts';
import { checkLaneCounts } from '../../../src/db/lanes/counts.ts';
import type { LaneJob } from '../../../src/lanes/lane-queue.ts';
import type { LaneName } from '../../../src/lanes/lanes.ts';
import { laneCountsIn } from '../../../src/lanes/lanes.ts';
import { SystemCommands } from '../../../src/lanes/system-commands.ts';
import type { TakenCommand } from '../../../workers/batch/batch.ts';
import {
  type CancelledOrdersDeps,
  endCancelledOrders,
} from '../../../workers/timers/cancellations/end-cancelled-orders.ts';
import { inLane, type TestLane } from './test-lane.ts';

/** Keeps what the timer enqueues. As in a lane, a job that is there already is left as it is. */
export class EnqueuedCommands {
  readonly #jobs = new Map<string, LaneJob>();
  readonly #lane: TestLane;
  /** The orders that a pass could not end. */
  readonly failed: number[] = [];
  /** The schedules whose orders have all ended. */
  readonly finished: number[] = [];
  longest = 0;
  /** The schedules whose pages were due while a lane was too long. */
  readonly heldUp: number[] = [];

  constructor(lane: TestLane) {
    this.#lane = lane;
  }

  get deps(): CancelledOrdersDeps {
    const add = async (_: LaneName, jobs: readonly LaneJob[]) => {
      const existing = jobs.map(({ jobId }) => jobId).filter((jobId) => this.#jobs.has(jobId));
      for (const job of jobs) if (!this.#jobs.has(job.jobId)) this.#jobs.set(job.jobId, job);
      return existing;
    };
    return {
      orm: this.#lane.orm,
      commands: new SystemCommands({ add }, this.#lane.config),
      checkCounts: () => checkLaneCounts(this.#lane.orm, laneCountsIn(this.#lane.config)),
      longestLane: async () => this.longest,
      onHeldUp: (scheduleId) => void this.heldUp.push(scheduleId),
      onFailed: (_, orderIds) => void this.failed.push(...orderIds),
      onFinished: (scheduleId) => void this.finished.push(scheduleId),
    };
  }

  /** A run of the timer. */
  enqueue(): Promise<number | undefined> {
    return endCancelledOrders(this.deps);
  }

  /** The commands that were enqueued since the last call, in the lane of the test. */
  take(): TakenCommand[] {
    const taken = [...this.#jobs.values()].map((job) => inLane(job, this.#lane.lane));
    this.#jobs.clear();
    return taken;
  }

  /** Lets the next page be due, runs the timer, and applies what it has enqueued. @returns the number of orders in the page */
  async endSome(): Promise<number | undefined> {
    await this.comeDue();
    const count = await this.enqueue();
    await this.#lane.run(...this.take());
    return count;
  }

  /** Lets the next page of each cancellation be due. */
  async comeDue(): Promise<void> {
    await this.#lane.rows(
      `update cancellation set next_at = statement_timestamp() where next_at is not null`,
    );
  }

  /** Goes on until no order is left. */
  async endAll(): Promise<void> {
    while ((await this.endSome()) !== undefined);
  }
}

export function cancelSchedule(lane: TestLane, scheduleId: number): Promise<Schedule> {
  const input = { scheduleId, reason: 'The singer is ill' };
  return lane.result(lane.command('cancel-schedule', { subject: 'operator', input }));
}
