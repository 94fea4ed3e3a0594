/** Applies a batch of one lane, and tries again after faults that are worth another try. */

import { pause } from '../pause.ts';
import { type ApplyOptions, applyBatch, type BatchDeps } from './apply-batch.ts';
import type { FinishedCommand, LaneBatch, OwnedLane } from './batch.ts';
import { faultKind, LaneLost, retryDelayMs } from './faults.ts';

/** How long a batch waits for a row that another transaction holds, before it goes on key by key. */
export const LOCK_TIMEOUT_MS = 500;

/** Tries again for as long as the kind of fault makes it worthwhile and the lane is ours. */
export async function applyWithRetries(
  deps: BatchDeps,
  part: LaneBatch,
  options: ApplyOptions = {},
): Promise<FinishedCommand[]> {
  const { lane, commands } = part;
  for (let tries = 1; ; tries += 1) {
    try {
      return await applyBatch(deps, [part], { lockTimeoutMs: LOCK_TIMEOUT_MS, ...options });
    } catch (error) {
      const kind = faultKind(error);
      const delayMs = error instanceof LaneLost ? undefined : retryDelayMs(kind, tries);
      if (delayMs === undefined || lane.signal.aborted) throw error;
      deps.metrics?.retried(kind);
      if (tries === 1 || tries % 30 === 0) {
        const about = { err: error, lane: lane.name, commands: commands.length, tries };
        deps.log.warn(about, 'A batch was rolled back and is tried again.');
      }
      await pause(delayMs, lane.signal);
    }
  }
}

/** Whether the lane has to be left: it has another owner, or it is given back. */
export function isOver(error: unknown, lane: OwnedLane): boolean {
  return error instanceof LaneLost || lane.signal.aborted;
}
