/** Parts what came of a batch by the lanes that its commands were taken from. */
import { partsOfOurs } from '../../src/lanes/job-id.ts';
import type { LaneName } from '../../src/lanes/lanes.ts';
import type { FinishedCommand } from '../batch/batch.ts';

/** @returns each lane's commands in the order in which they were given */
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
