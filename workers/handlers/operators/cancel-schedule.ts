/** Cancels a performance, and has a timer end its orders. */
import { strict as assert } from 'node:assert';
import type { cancelSchedule } from '../../../src/commands/operators/cancel-schedule.ts';
import type { retryCancellation } from '../../../src/commands/operators/retry-cancellation.ts';
import { refuseCancelling } from '../../../src/domain/holds.ts';
import { noSuchSchedule } from '../../../src/domain/not-found.ts';
import { refuse } from '../../../src/domain/reasons.ts';
import type { Rows } from '../../rows/rows.ts';
import { toSchedule } from '../concerts/to-schedule.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { retryRefund } from '../money/retry-refund.ts';

export const handleCancelSchedule: HandlerOf<typeof cancelSchedule> = {
  isOperators: true,
  needs: ({ scheduleId }) => ({ cancellationOf: scheduleId }),

  apply({ command: { input, acceptedAt }, rows, now }) {
    const { scheduleId, reason } = input;
    const schedule = rows.lockedSchedules.get(scheduleId);
    if (!schedule) return rejected(noSuchSchedule(scheduleId));
    const refused = refuseCancelling(scheduleId, schedule, acceptedAt);
    if (refused) return rejected(refused.refusal);
    rows.operatorLog.noteBefore(toSchedule(schedule));
    rows.lockedSchedules.change(schedule, { cancelledAt: now, cancelReason: reason });
    const beginning = { pass: 1, cursorId: 0, isChecking: false, triedPass: 0 };
    rows.cancellations.add({ scheduleId, ...beginning, nextAt: now, createdAt: now });
    return succeeded(toSchedule(schedule));
  },
};

export const handleRetryCancellation: HandlerOf<typeof retryCancellation> = {
  isOperators: true,
  needs: ({ scheduleId }) => ({ cancellationOf: scheduleId, failedRefundsOf: scheduleId }),

  apply({ command: { input }, rows, now }) {
    const { scheduleId } = input;
    const schedule = rows.lockedSchedules.get(scheduleId);
    if (!schedule) return rejected(noSuchSchedule(scheduleId));
    const cancellation = rows.cancellations.get(scheduleId);
    if (!cancellation) {
      assert(!schedule.cancelledAt, `Schedule ${scheduleId} is cancelled without a cancellation.`);
      const detail = `The performance of schedule ${scheduleId} is not cancelled.`;
      return rejected(refuse('CANCELLATION_NOT_FOUND', detail, { scheduleId }).refusal);
    }
    const retried = retryFailedRefunds(rows, scheduleId);
    rows.operatorLog.noteBefore({
      ...toSchedule(schedule),
      ...(retried.length > 0 && { failedRefundIds: retried }),
    });
    // A new number makes the commands new: the page of the pass before may be enqueued already. And the pass begins with the first order.
    const again = { pass: cancellation.pass + 1, cursorId: 0, isChecking: false, nextAt: now };
    rows.cancellations.change(cancellation, again);
    return succeeded(toSchedule(schedule));
  },
};

/** Has the providers asked again for the refunds to cards that failed. @returns their ids */
function retryFailedRefunds(rows: Rows, scheduleId: number): number[] {
  const failed = rows.money.failedRefunds.get(scheduleId) ?? [];
  // One may have ended since its id was read.
  return failed.filter((refundId) => !retryRefund(rows, refundId).refusal);
}
