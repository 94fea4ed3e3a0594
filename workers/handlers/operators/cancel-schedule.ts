/** Cancels a performance, and has a timer end its orders. */
import { strict as assert } from 'node:assert';
import type { cancelSchedule } from '../../../src/commands/operators/cancel-schedule.ts';
import type { retryCancellation } from '../../../src/commands/operators/retry-cancellation.ts';
import {
  decideCancellationRetry,
  decideScheduleCancellation,
} from '../../../src/domain/concerts/schedule-cancellations.ts';
import type { Rows } from '../../rows/rows.ts';
import { toSchedule } from '../concerts/to-schedule.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { retryRefund } from '../money/retry-refund.ts';

export const handleCancelSchedule: HandlerOf<typeof cancelSchedule> = {
  isOperators: true,
  needs: ({ scheduleId }) => ({ lockedScheduleId: scheduleId }),

  apply({ command: { input, acceptedAt }, rows, now }) {
    const { scheduleId, reason } = input;
    const schedule = rows.schedules.get(scheduleId);
    const decision = decideScheduleCancellation({ scheduleId, schedule, reason, acceptedAt, now });
    if (decision.refusal) return rejected(decision.refusal);
    assert(schedule, `Schedule ${scheduleId} is to be cancelled, but it is not loaded.`);
    rows.operatorLog.noteBefore(toSchedule(schedule));
    rows.schedules.change(schedule, decision.change);
    const beginning = { pass: 1, cursorId: 0, isChecking: false, triedPass: 0 };
    rows.cancellations.add({ scheduleId, ...beginning, nextAt: now, createdAt: now });
    return succeeded(toSchedule(schedule));
  },
};

export const handleRetryCancellation: HandlerOf<typeof retryCancellation> = {
  isOperators: true,
  needs: ({ scheduleId }) => ({ lockedScheduleId: scheduleId, failedRefundsOf: scheduleId }),

  apply({ command: { input }, rows, now }) {
    const { scheduleId } = input;
    const schedule = rows.schedules.get(scheduleId);
    const cancellation = rows.cancellations.get(scheduleId);
    assert(
      cancellation || !schedule?.cancelledAt,
      `Schedule ${scheduleId} is cancelled without a cancellation.`,
    );
    const decision = decideCancellationRetry({ scheduleId, schedule, cancellation, now });
    if (decision.refusal) return rejected(decision.refusal);
    assert(schedule && cancellation, `The cancellation of schedule ${scheduleId} is not loaded.`);
    const retried = retryFailedRefunds(rows, scheduleId);
    rows.operatorLog.noteBefore({
      ...toSchedule(schedule),
      ...(retried.length > 0 && { failedRefundIds: retried }),
    });
    rows.cancellations.change(cancellation, decision.change);
    return succeeded(toSchedule(schedule));
  },
};

/** Has the providers asked again for the refunds to cards that failed. @returns their ids */
function retryFailedRefunds(rows: Rows, scheduleId: number): number[] {
  const failed = rows.money.failedRefunds.get(scheduleId) ?? [];
  // One may have ended since its id was read.
  return failed.filter((refundId) => !retryRefund(rows, refundId).refusal);
}
