/** Adds an entry for the user to the waiting queue, or returns the user's open entry. */
import { strict as assert } from 'node:assert';
import { decideEntry } from '../../../src/domain/queue-entries.ts';
import { type Handler, rejected, succeeded } from '../handler.ts';
import { toQueueEntryOutcome } from '../to-resource.ts';

export const handleEnterQueue: Handler = {
  needs: () => ({ waitingQueue: true }),

  apply({ command: { userId, jobId }, rows, now, settings: { maxWaiting } }) {
    const queue = rows.waitingQueue;
    assert(queue, 'The waiting queue was not loaded.');
    const open = rows.openQueueEntry(userId, now);
    const decision = decideEntry({ open, waiting: queue.waiting, maxWaiting });
    if (decision.refusal) return rejected(decision.refusal);
    if (open) return succeeded(toQueueEntryOutcome(open));

    queue.lastNumber += 1;
    queue.waiting += 1;
    queue.isChanged = true;
    const entry = rows.queueEntries.add({
      number: queue.lastNumber,
      userId,
      state: 'waiting',
      enteredAt: now,
      expiresAt: null,
      claimedAt: null,
      bookingUntil: null,
      endedAt: null,
      endReason: null,
      jobId,
    });
    return succeeded(toQueueEntryOutcome(entry));
  },
};
