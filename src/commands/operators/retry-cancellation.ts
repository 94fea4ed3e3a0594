/** Goes through the orders of a cancelled performance again without delay, those included that could not be ended. For operators. */
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { id, schedule } from '../schemas/resources.ts';
import { bySchedule } from './cancel-schedule.ts';

export const retryCancellation = defineCommand({
  name: 'retry-cancellation',
  input: z.strictObject({ scheduleId: id }),
  result: schedule,
  laneKey: bySchedule,
});
