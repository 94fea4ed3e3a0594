/** Adds an entry for the user to a waiting queue, or returns the user's open entry. */
import { HOUSE_QUEUE } from '../../../src/commands/command.ts';
import type { enterQueue } from '../../../src/commands/queue/enter-queue.ts';
import { noSuchQueue } from '../../../src/domain/not-found.ts';
import { decideEntry, entryIdOf } from '../../../src/domain/queue-entries.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { toQueueEntryOutcome } from '../to-resource.ts';

export const handleEnterQueue: HandlerOf<typeof enterQueue> = {
  needs: ({ queueId = HOUSE_QUEUE }) => ({ openEntryIn: { queueId, use: 'enter' } }),

  apply({ command, rows, now, settings: { maxWaiting } }) {
    const { userId, jobId, acceptedAt, input } = command;
    const { queueId = HOUSE_QUEUE } = input;
    const numbering = rows.numberings.get(queueId);
    if (!numbering) return rejected(noSuchQueue(queueId));
    const { added, removed, removedByAdmission } = numbering;
    const open = rows.openQueueEntry(userId, queueId, now);
    const waiting = added - removed - removedByAdmission;
    const decision = decideEntry({ queueId, open, waiting, maxWaiting });
    if (decision.refusal) return rejected(decision.refusal);
    if (open) return succeeded(toQueueEntryOutcome(open));

    const number = numbering.lastNumber + 1;
    rows.numberings.change(numbering, { lastNumber: number, added: added + 1 });
    const entry = rows.queueEntries.add({
      id: entryIdOf({ queueId, number }),
      queueId,
      number,
      userId,
      state: 'waiting',
      enteredAt: now,
      acceptedAt,
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
