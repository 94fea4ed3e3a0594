/** The rules for closing the sale of a concert or of one performance, and for opening it again. */
import { refuseCancelled } from '../holds.ts';
import { noSuchSchedule } from '../not-found.ts';
import type { Decision } from '../reasons.ts';

export interface Closing {
  /** null while the sale is open. */
  closedAt: Date | null;
  closeReason: string | null;
}

/**
 * Closes a sale, or opens it again. If it is closed already, only the reason changes, so that an operator may send the command again.
 * @param reason the operators' reason to close it; null to open it again
 */
export function changeClosing(
  { closedAt }: Pick<Closing, 'closedAt'>,
  reason: string | null,
  now: Date,
): Closing {
  if (reason === null) return { closedAt: null, closeReason: null };
  return { closedAt: closedAt ?? now, closeReason: reason };
}

/** Decides whether the sale of a performance is closed, or opened again: it exists and is not cancelled. */
export function decideScheduleClosing(input: {
  scheduleId: number;
  schedule: { closedAt: Date | null; cancelledAt: Date | null } | undefined;
  /** As above. */
  reason: string | null;
  now: Date;
}): Decision<Closing> {
  const { scheduleId, schedule, reason, now } = input;
  if (!schedule) return { refusal: noSuchSchedule(scheduleId) };
  const cancelled = refuseCancelled(`Schedule ${scheduleId}`, schedule, { scheduleId });
  return cancelled ?? { change: changeClosing(schedule, reason, now) };
}
