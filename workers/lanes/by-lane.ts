/** Groups the finished commands of a batch by lane. */
import { partsOfOurs } from '../../src/lanes/job-id.ts';
import type { LaneName } from '../../src/lanes/lanes.ts';
import type { FinishedCommand } from '../batch/batch.ts';

/** @returns the commands of each lane, in the given order */
export function byLane(finished: readonly FinishedCommand[]): Map<LaneName, FinishedCommand[]> {
  const lanes = new Map<LaneName, FinishedCommand[]>();
  for (const command of finished) {
    const { lane } = partsOfOurs(command.jobId);
    const others = lanes.get(lane);
    if (others) others.push(command);
    else lanes.set(lane, [command]);
  }
  return lanes;
}
