/** The data of a batch: the lanes, the commands dequeued from them, and the result. */
import type { EpochMs } from '../../src/commands/epoch-ms.ts';
import type { FinishedJob, LaneJob } from '../../src/lanes/lane-queue.ts';
import type { LaneName } from '../../src/lanes/lanes.ts';

/** A lane that this process owns. */
export interface OwnedLane {
  name: LaneName;
  /** The epoch under which this process took the lane. A batch with an outdated epoch is rolled back. */
  epoch: number;
  /**
   * Aborted when this process must stop consuming the lane: immediately if the reason is a LaneLost, otherwise after the
   * batch in flight.
   */
  signal: AbortSignal;
}

/** A command as it was dequeued from its lane. */
export type TakenCommand = LaneJob;

/** The commands dequeued from one lane, in the order in which they were enqueued. */
export interface LaneBatch {
  lane: OwnedLane;
  commands: readonly TakenCommand[];
}

/** A command with its outcome; times in ms since 1970. */
export interface FinishedCommand extends FinishedJob {
  name: string;
  subject: string;
  /** The queue entry whose token the request carried. */
  entryId?: number | undefined;
  acceptedAt: EpochMs;
}

/** The result of a batch. */
export interface BatchResult {
  finished: FinishedCommand[];
  /**
   * Commands that changed nothing and have no outcome yet, because another transaction has locked a row they need. All
   * commands of a blocked key are included, in their order.
   */
  blocked: TakenCommand[];
}
