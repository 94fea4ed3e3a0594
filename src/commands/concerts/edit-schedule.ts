/** Changes the times of a performance. For operators. */
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { bySchedule } from '../operators/cancel-schedule.ts';
import { givenTime, id, schedule } from '../schemas/resources.ts';

const time = givenTime.optional().meta({ type: 'string', format: 'date-time' });
const fields = { bookingStartAt: time, bookingEndAt: time, startAt: time, endAt: time };

/** The body of the request; the path names the schedule. A missing field stays as it is. */
export const scheduleChange = z.strictObject(fields);

export const editSchedule = defineCommand({
  name: 'edit-schedule',
  input: z.strictObject({ scheduleId: id, ...fields }),
  result: schedule,
  laneKey: bySchedule,
});
