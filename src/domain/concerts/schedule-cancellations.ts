/** The rules for cancelling a performance, and for ending its orders afterwards. */
import { refuseCancelled } from '../holds.ts';
import { noSuchSchedule } from '../not-found.ts';
import { type Decision, type Refusal, refuse } from '../reasons.ts';

/**
 * Decides whether a performance can be cancelled: it takes place, and was not over at `acceptedAt`. One that was broken off is
 * cancelled before its end.
 */
export function decideScheduleCancellation(input: {
  scheduleId: number;
  schedule: { cancelledAt: Date | null; endAt: Date } | undefined;
  /** The operators' reason. */
  reason: string;
  acceptedAt: Date;
  now: Date;
}): Decision<{ cancelledAt: Date; cancelReason: string }> {
  const { scheduleId, schedule, reason, acceptedAt, now } = input;
  if (!schedule) return { refusal: noSuchSchedule(scheduleId) };
  const what = `Schedule ${scheduleId}`;
  const cancelled = refuseCancelled(what, schedule, { scheduleId });
  if (cancelled) return cancelled;
  if (acceptedAt < schedule.endAt) return { change: { cancelledAt: now, cancelReason: reason } };
  const detail = `${what} was over at ${schedule.endAt.toISOString()}.`;
  return refuse('BOOKING_CLOSED', detail, { scheduleId });
}

/**
 * Decides whether the orders of a performance are ended again, from the first one on.
 * @param cancellation undefined if the performance is not cancelled
 */
export function decideCancellationRetry(input: {
  scheduleId: number;
  schedule: object | undefined;
  cancellation: { pass: number } | undefined;
  now: Date;
}): Decision<{ pass: number; cursorId: number; isChecking: boolean; nextAt: Date }> {
  const { scheduleId, schedule, cancellation, now } = input;
  if (!schedule) return { refusal: noSuchSchedule(scheduleId) };
  if (!cancellation) {
    const detail = `The performance of schedule ${scheduleId} is not cancelled.`;
    return refuse('CANCELLATION_NOT_FOUND', detail, { scheduleId });
  }
  // A new number makes the commands new: the page of the pass before may be enqueued already.
  const pass = cancellation.pass + 1;
  return { change: { pass, cursorId: 0, isChecking: false, nextAt: now } };
}

/**
 * Checks that an order belongs to a cancelled performance. A failover of PostgreSQL can lose the cancellation, or give the id of a lost
 * order to another one.
 * @param scheduleId the performance that was cancelled
 * @returns the refusal, or undefined
 */
export function refuseOtherOrder(
  orderId: number,
  order: { scheduleId: number; cancelledAt: Date | null },
  scheduleId: number,
): { refusal: Refusal } | undefined {
  if (order.scheduleId === scheduleId && order.cancelledAt !== null) return undefined;
  const detail = `Order ${orderId} does not belong to a cancelled performance of schedule ${scheduleId}.`;
  return refuse('CANCELLATION_NOT_FOUND', detail, { scheduleId });
}
