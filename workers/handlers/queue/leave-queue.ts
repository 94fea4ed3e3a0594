/** Ends the user's entry in the waiting queue. */
import { strict as assert } from 'node:assert';
import { decideLeave } from '../../../src/domain/queue-entries.ts';
import { type Handler, rejected, succeeded } from '../handler.ts';
import { toQueueEntryOutcome } from '../to-resource.ts';

export const handleLeaveQueue: Handler = {
  needs: () => ({ waitingQueue: true }),

  apply({ command: { userId, acceptedAt }, rows, now }) {
    const queue = rows.waitingQueue;
    assert(queue, 'The waiting queue was not loaded.');
    const open = rows.openQueueEntry(userId, now);
    const decision = decideLeave({ open, acceptedAt });
    if (decision.refusal) return rejected(decision.refusal);
    assert(open, 'Leaving the queue was accepted, but the user has no open entry.');

    if (open.state === 'waiting') {
      queue.waiting -= 1;
      queue.isChanged = true;
    }
    rows.queueEntries.change(open, decision.change);
    return succeeded(toQueueEntryOutcome(open));
  },
};
