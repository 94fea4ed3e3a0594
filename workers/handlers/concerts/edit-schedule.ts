/** Changes the times of a performance. */
import { strict as assert } from 'node:assert';
import type { editSchedule } from '../../../src/commands/concerts/edit-schedule.ts';
import { decideNewTimes } from '../../../src/domain/concerts/new-times.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { toSchedule } from './to-schedule.ts';

export const handleEditSchedule: HandlerOf<typeof editSchedule> = {
  isOperators: true,
  needs: ({ scheduleId }) => ({ lockedScheduleId: scheduleId }),

  apply({ command: { input, acceptedAt }, rows }) {
    const { scheduleId, ...given } = input;
    const schedule = rows.schedules.get(scheduleId);
    const decision = decideNewTimes({
      scheduleId,
      schedule,
      change: datesOf(given),
      acceptedAt,
    });
    if (decision.refusal) return rejected(decision.refusal);
    assert(schedule, 'A schedule that is missing was refused.');
    rows.operatorLog.noteBefore(toSchedule(schedule));
    rows.schedules.change(schedule, decision.change);
    return succeeded(toSchedule(schedule));
  },
};

/** The times that are given. */
function datesOf(given: Readonly<Record<string, string | undefined>>): Record<string, Date> {
  const times = Object.entries(given).flatMap(([name, time]) =>
    time === undefined ? [] : [[name, new Date(time)] as const],
  );
  return Object.fromEntries(times);
}
