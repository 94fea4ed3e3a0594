/** Changes a performance: its times, and whether its sale is closed. */
import { strict as assert } from 'node:assert';
import type {
  closeSchedule,
  reopenSchedule,
} from '../../../src/commands/concerts/close-schedule.ts';
import type { editSchedule } from '../../../src/commands/concerts/edit-schedule.ts';
import type { Schedule } from '../../../src/commands/schemas/resources.ts';
import { decideScheduleClosing } from '../../../src/domain/concerts/closing.ts';
import { decideNewTimes } from '../../../src/domain/concerts/new-times.ts';
import type { Decision } from '../../../src/domain/reasons.ts';
import type { ScheduleRow } from '../../rows/rows.ts';
import { type Applying, type Handler, type HandlerOf, rejected, succeeded } from '../handler.ts';
import { toSchedule } from './to-schedule.ts';

/** A handler that changes the performance which the command names. */
function changing<Input extends { scheduleId: number }, Name extends string>(
  decide: (
    applying: Applying<Input, Name>,
    schedule: ScheduleRow | undefined,
  ) => Decision<Partial<ScheduleRow>>,
): Handler<Input, Schedule, Name> {
  return {
    isOperators: true,
    needs: ({ scheduleId }) => ({ lockedScheduleId: scheduleId }),

    apply(applying) {
      const { command, rows } = applying;
      const schedule = rows.schedules.get(command.input.scheduleId);
      const decision = decide(applying, schedule);
      if (decision.refusal) return rejected(decision.refusal);
      assert(schedule, 'A schedule that is missing was refused.');
      rows.operatorLog.noteBefore(toSchedule(schedule));
      rows.schedules.change(schedule, decision.change);
      return succeeded(toSchedule(schedule));
    },
  };
}

export const handleEditSchedule: HandlerOf<typeof editSchedule> = changing(
  ({ command: { input, acceptedAt } }, schedule) => {
    const { scheduleId, ...given } = input;
    return decideNewTimes({ scheduleId, schedule, change: datesOf(given), acceptedAt });
  },
);

export const handleCloseSchedule: HandlerOf<typeof closeSchedule> = changing(
  ({ command: { input }, now }, schedule) => decideScheduleClosing({ ...input, schedule, now }),
);

export const handleReopenSchedule: HandlerOf<typeof reopenSchedule> = changing(
  ({ command: { input }, now }, schedule) =>
    decideScheduleClosing({ ...input, schedule, reason: null, now }),
);

/** The times that are given. */
function datesOf(given: Readonly<Record<string, string | undefined>>): Record<string, Date> {
  const times = Object.entries(given).flatMap(([name, time]) =>
    time === undefined ? [] : [[name, new Date(time)] as const],
  );
  return Object.fromEntries(times);
}
