/** Applies a batch of one lane and retries it after transient faults. */

import { pause } from '../pause.ts';
import { type ApplyOptions, applyBatch, type BatchDeps } from './apply-batch.ts';
import type { FinishedCommand, LaneBatch, OwnedLane } from './batch.ts';
import { faultKind, LaneLost, retryDelayMs } from './faults.ts';

/** How long a batch waits for a row lock before it is split into keys. */
export const LOCK_TIMEOUT_MS = 500;

/**
 * Retries while the kind of fault allows it and this process owns the lane.
 * @throws the last fault, or {LaneLost}
 */
export async function applyWithRetries(
  deps: BatchDeps,
  laneBatch: LaneBatch,
  options: Pick<ApplyOptions, 'handlerOf'> = {},
): Promise<FinishedCommand[]> {
  const { lane, commands } = laneBatch;
  for (let tries = 1; ; tries += 1) {
    try {
      return await applyBatch(deps, [laneBatch], {
        lockTimeoutMs: LOCK_TIMEOUT_MS,
        ...options,
      });
    } catch (error) {
      const kind = faultKind(error);
      const delayMs = error instanceof LaneLost ? undefined : retryDelayMs(kind, tries);
      if (delayMs === undefined || lane.signal.aborted) throw error;
      deps.metrics.retried(kind);
      if (tries === 1 || tries % 30 === 0) {
        const about = { err: error, lane: lane.name, commands: commands.length, tries };
        deps.log.warn(about, 'A batch was rolled back and will be retried.');
      }
      await pause(delayMs, lane.signal);
    }
  }
}

/** Whether this process must stop consuming the lane, because it lost the lane or is releasing it. */
export function mustLeaveLane(error: unknown, lane: OwnedLane): boolean {
  return error instanceof LaneLost || lane.signal.aborted;
}
