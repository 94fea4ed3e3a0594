/** The rules for changing concerts and the times of their performances. */
import { refuseCancelled } from '../holds.ts';
import { noSuchSchedule } from '../not-found.ts';
import { type Decision, type Refusal, refuse } from '../reasons.ts';

/** The times of a performance. */
export interface ScheduleTimes {
  bookingStartAt: Date;
  bookingEndAt: Date;
  startAt: Date;
  endAt: Date;
}

interface Schedule extends ScheduleTimes {
  cancelledAt: Date | null;
  /** Whether anybody has ever ordered a place of it. */
  hasOrders: boolean;
}

/**
 * Decides how the times of a performance change. Before its sale all of them may. Afterwards people have planned by them, so only the end
 * of the sale may move, and only to a later time: an order that was accepted in time must stay in time.
 * @param change the new times; a missing one stays as it is
 * @param acceptedAt when the command was accepted
 */
export function decideNewTimes(input: {
  scheduleId: number;
  schedule: Schedule | undefined;
  change: Partial<ScheduleTimes>;
  acceptedAt: Date;
}): Decision<ScheduleTimes> {
  const { scheduleId, schedule, change, acceptedAt } = input;
  const about = { scheduleId };
  if (!schedule) return { refusal: noSuchSchedule(scheduleId) };
  const cancelled = refuseCancelled(`Schedule ${scheduleId}`, schedule, about);
  if (cancelled) return cancelled;
  const { bookingStartAt, bookingEndAt, startAt, endAt } = { ...schedule, ...change };
  const times = { bookingStartAt, bookingEndAt, startAt, endAt };
  const hasBegun = schedule.hasOrders || acceptedAt >= schedule.bookingStartAt;
  if (hasBegun && !isLaterEnd(schedule, times)) {
    const detail = `The sale of schedule ${scheduleId} has begun: only \`bookingEndAt\` can change, to a later time.`;
    return refuse('SALE_STARTED', detail, about);
  }
  return refuseDisorder(times, about) ?? { change: times };
}

/** Whether nothing but the end of the sale changes, and it not to an earlier time. */
function isLaterEnd(before: ScheduleTimes, after: ScheduleTimes): boolean {
  const same = (['bookingStartAt', 'startAt', 'endAt'] as const).every(
    (name) => before[name].getTime() === after[name].getTime(),
  );
  return same && after.bookingEndAt >= before.bookingEndAt;
}

function refuseDisorder(
  { bookingStartAt, bookingEndAt, startAt, endAt }: ScheduleTimes,
  about: Refusal['about'],
): { refusal: Refusal } | undefined {
  if (bookingStartAt < bookingEndAt && bookingEndAt <= startAt && startAt < endAt) return undefined;
  const detail =
    'The sale must end after it has begun, and not after the performance starts, which must be before it ends.';
  return refuse('SCHEDULE_TIMES_INVALID', detail, about);
}
