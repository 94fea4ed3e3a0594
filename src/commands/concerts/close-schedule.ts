/** Closes the sale of a performance, or opens it again; that of its concert stays as it is. What is held can still be paid. For operators. */
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { bySchedule } from '../operators/cancel-schedule.ts';
import { operatorReason } from '../orders/cancel-order-as-operator.ts';
import { id, schedule } from '../schemas/resources.ts';

export const closeSchedule = defineCommand({
  name: 'close-schedule',
  input: z.strictObject({ scheduleId: id, reason: operatorReason }),
  result: schedule,
  laneKey: bySchedule,
});

export const reopenSchedule = defineCommand({
  name: 'reopen-schedule',
  input: z.strictObject({ scheduleId: id }),
  result: schedule,
  laneKey: bySchedule,
});
