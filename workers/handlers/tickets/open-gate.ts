/** Opens a gate of a performance. Nothing is stored but the line in the operators' log. */
import type { openGate } from '../../../src/commands/tickets/open-gate.ts';
import { noSuchSchedule } from '../../../src/domain/not-found.ts';
import { refuse } from '../../../src/domain/reasons.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';

export const handleOpenGate: HandlerOf<typeof openGate> = {
  isOperators: true,
  needs: ({ scheduleId }) => ({ cancellationOf: scheduleId }),

  apply({ command: { input }, rows }) {
    const { scheduleId, gate } = input;
    const schedule = rows.lockedSchedules.get(scheduleId);
    if (!schedule) return rejected(noSuchSchedule(scheduleId));
    if (schedule.cancelledAt !== null) {
      const detail = `The performance of schedule ${scheduleId} is cancelled: nobody enters.`;
      return rejected(refuse('SCHEDULE_CANCELLED', detail, { scheduleId }).refusal);
    }
    return succeeded({ scheduleId, gate });
  },
};
