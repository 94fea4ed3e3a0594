/** What goes through a worker's hands: lanes, the commands taken out of them, and what came of those. */
import type { FinishedJob, LaneJob } from '../../src/lanes/lane-queue.ts';
import type { LaneName } from '../../src/lanes/lanes.ts';

/** A lane in this process's hands. */
export interface OwnedLane {
  name: LaneName;
  /** The lane's epoch since it was taken; a batch under another one changes nothing. */
  epoch: number;
  /** Aborted when the lane is to be left: after its batch, or at once where the reason is a LaneLost. */
  signal: AbortSignal;
}

/** A command as it was taken out of its lane. */
export type TakenCommand = LaneJob;

/** What was taken out of one lane, in the order in which it was enqueued. */
export interface LaneBatch {
  lane: OwnedLane;
  commands: readonly TakenCommand[];
}

/** A command with its outcome; times in ms since 1970. */
export interface FinishedCommand extends FinishedJob {
  name: string;
  subject: string;
  /** The place in the queue whose token came with it. */
  queueNumber?: number | undefined;
  acceptedAt: number;
}

/** What a batch came to. */
export interface BatchResult {
  finished: FinishedCommand[];
  /**
   * Commands that changed nothing and have no outcome yet, because another transaction holds a row that they need: whole
   * keys, each with its commands in order.
   */
  blocked: TakenCommand[];
}
