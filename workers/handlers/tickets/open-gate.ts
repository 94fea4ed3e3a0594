/** Opens a gate of a performance. Nothing is stored but the line in the operators' log. */
import type { openGate } from '../../../src/commands/tickets/open-gate.ts';
import { decideOpenGate } from '../../../src/domain/tickets.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';

export const handleOpenGate: HandlerOf<typeof openGate> = {
  isOperators: true,
  needs: ({ scheduleId }) => ({ lockedScheduleId: scheduleId }),

  apply({ command: { input }, rows }) {
    const { scheduleId, gate } = input;
    const schedule = rows.schedules.get(scheduleId);
    const { refusal } = decideOpenGate({ scheduleId, schedule });
    if (refusal) return rejected(refusal);
    return succeeded({ scheduleId, gate });
  },
};
