/** Changes the admission settings for all processes. */
import { strict as assert } from 'node:assert';
import type { SetAdmission } from '../../../src/commands/queue/set-admission.ts';
import { type Handler, succeeded } from '../handler.ts';

export const handleSetAdmission: Handler<SetAdmission> = {
  needs: () => ({ waitingQueue: true }),

  apply({ command: { input }, rows: { waitingQueue: queue } }) {
    assert(queue, 'The waiting queue was not loaded.');
    const { isPaused, admitLimit, admitWindowSeconds, maxActive } = input;
    if (isPaused !== undefined) queue.isPaused = isPaused;
    if (admitLimit !== undefined) queue.admitLimit = admitLimit;
    if (maxActive !== undefined) queue.maxActive = maxActive;
    if (admitWindowSeconds !== undefined) {
      queue.admitWindowMs = admitWindowSeconds === null ? null : admitWindowSeconds * 1000;
    }
    queue.isChanged = true;
    const windowSeconds = queue.admitWindowMs === null ? null : queue.admitWindowMs / 1000;
    return succeeded({
      isPaused: queue.isPaused,
      admitLimit: queue.admitLimit,
      admitWindowSeconds: windowSeconds,
      maxActive: queue.maxActive,
    });
  },
};
