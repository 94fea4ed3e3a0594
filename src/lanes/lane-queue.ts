/**
 * The queue seam: everything that this project asks of its queue. API processes add jobs to lanes (`LaneProducer`), and
 * the worker process that owns a lane takes them out again (`LaneConsumer`). Who owns a lane is decided in PostgreSQL; the
 * queue relies on it, and locks no job.
 *
 * `src/lanes/bullmq` implements both. `test/integration/lanes/contract.test.ts` checks the promises below, against that
 * implementation and against one that uses BullMQ's public interface alone.
 *
 * What a crash leaves:
 * - of a producer in `add`: the jobs of one call to one lane are all in the lane, or none of them is;
 * - of a consumer between `take` and `finish`: its jobs, which the next consumer is given first, in their order;
 * - of a consumer in `finish`: the jobs of one call to one lane are all finished, or none of them is;
 * - of Redis: what its append-only file holds.
 */
import type { AcceptedCommand, FinishedOutcome } from '../commands/command.ts';
import type { EpochMs } from '../commands/epoch-ms.ts';
import type { CommandStatus } from './command-status.ts';
import type { LaneName } from './lanes.ts';

/** A command in its lane. */
export interface LaneJob {
  /** Unique within its lane (`jobIdOf`). */
  jobId: string;
  /** The command's name. */
  name: string;
  accepted: AcceptedCommand;
}

/** A job with its outcome. */
export interface FinishedJob extends FinishedOutcome {
  jobId: string;
}

/** The jobs of a lane that have no outcome yet. */
export interface PendingJobs {
  /** Added and not taken. */
  waiting: number;
  /** Taken and not finished. */
  taken: number;
  /** When the oldest of all was added, in ms since 1970; undefined where there is none. */
  oldestAddedAt: EpochMs | undefined;
}

export interface LaneProducer {
  /**
   * Adds jobs at the end of a lane.
   *
   * - Order: behind all jobs for which this process called `add` earlier, or another process's `add` had already
   *   resolved, and in the order of the array. There is no order between lanes.
   * - Once: a job whose id the lane already holds is left as it is, whether it waits, was taken, or has finished.
   *
   * @returns the ids of the jobs that the lane held already
   * @throws whatever Redis throws while it cannot be reached; `mayHaveAdded` tells whether the jobs may be in the lane
   */
  add(lane: LaneName, jobs: readonly LaneJob[]): Promise<string[]>;

  /** Whether jobs may be in their lane, or arrive there later, although `add` failed with this error. */
  mayHaveAdded(error: unknown): boolean;

  /**
   * What is known of a job.
   * @returns undefined where the lane does not hold it, or no longer holds it (`LaneConsumer.finish`), and where this process
   *   does not know the lane
   */
  find(lane: LaneName, jobId: string): Promise<CommandStatus | undefined>;

  /** Counts the jobs of a lane that have no outcome yet. */
  countPending(lane: LaneName): Promise<PendingJobs>;
}

/**
 * Only the owner of a lane may take from it: jobs that two consumers take at the same time are given to both. If a
 * former owner still takes jobs, it changes no data, because PostgreSQL refuses its batch.
 *
 * The calls of one consumer take effect in the order in which they are made, so a `take` finds the jobs of an earlier `finish`
 * finished, even if that has not settled. On a Redis Cluster a call may name only one lane, because two lanes may be on two
 * nodes; where the cluster redirects a `finish`, the next `take` may give its jobs once more.
 */
export interface LaneConsumer {
  /**
   * Takes the next jobs of these lanes.
   *
   * - Order: each lane gives its jobs in the order in which they were added.
   * - At least once: a job that was taken stays in its lane until it is finished, and until then each call gives it again,
   *   before any job that was not taken. So whoever applies a job must recognise one that was applied before.
   * - Fairness: short lanes are emptied first, and longer ones share the rest. If more lanes than `max` have jobs, each lane is
   *   served within as many calls as there are lanes.
   * - A lane that an operator has paused gives only jobs that were taken before.
   *
   * @param max how many jobs, over all lanes
   * @param blockedIn the ids of a lane's jobs that the caller has taken before and keeps; they are skipped
   * @returns the lanes that have any, each with its jobs
   */
  take(
    lanes: readonly LaneName[],
    max: number,
    blockedIn?: (lane: LaneName) => readonly string[],
  ): Promise<Map<LaneName, LaneJob[]>>;

  /**
   * Finishes jobs that were taken. Finishing a job twice does no harm. Afterwards `LaneProducer.find` returns the outcomes. A
   * lane keeps at most its last 2000 outcomes, each for at most five minutes; then their ids can be used again.
   */
  finish(finished: ReadonlyMap<LaneName, readonly FinishedJob[]>): Promise<void>;

  /**
   * Waits until a job may have been added to one of the lanes, or was added since the last wait. It returns after about a
   * second at the latest, because the notice of a job can be lost. It may return although no job was added. One wait at a time.
   * Never rejects.
   */
  waitForJobs(lanes: readonly LaneName[]): Promise<void>;

  /** Ends the wait in progress, if there is one, and closes the connection that it uses. */
  stopWaiting(): void;
}
