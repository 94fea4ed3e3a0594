/** Ends the user's entry in a waiting queue. */
import { strict as assert } from 'node:assert';
import { HOUSE_QUEUE } from '../../../src/commands/command.ts';
import type { leaveQueue } from '../../../src/commands/queue/leave-queue.ts';
import { noSuchQueue } from '../../../src/domain/not-found.ts';
import { decideLeave } from '../../../src/domain/queue-entries.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { toQueueEntryOutcome } from '../to-resource.ts';

export const handleLeaveQueue: HandlerOf<typeof leaveQueue> = {
  needs: ({ queueId = HOUSE_QUEUE }) => ({ openEntryIn: { queueId, use: 'leave' } }),

  apply({ command: { userId, acceptedAt, input }, rows, now }) {
    const { queueId = HOUSE_QUEUE } = input;
    const numbering = rows.numberings.get(queueId);
    if (!numbering) return rejected(noSuchQueue(queueId));
    const open = rows.openQueueEntry(userId, queueId, now);
    const { drawClosedAt } = numbering;
    const decision = decideLeave({ open, acceptedAt, drawClosedAt });
    if (decision.refusal) return rejected(decision.refusal);
    assert(open, 'Leaving the queue was accepted, but the user has no open entry.');

    if (open.state === 'waiting') {
      rows.numberings.change(numbering, { removed: numbering.removed + 1 });
      rows.departures.push({ queueId, number: open.number });
    }
    rows.queueEntries.change(open, decision.change);
    return succeeded(toQueueEntryOutcome(open));
  },
};
