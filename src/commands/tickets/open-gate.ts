/**
 * Opens a gate: names an entrance of a performance, for which the API then issues an access token. The command exists so that the
 * operators' log shows who has opened which gate. The token is issued when the outcome is read and is stored nowhere. For operators.
 */
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { bySchedule } from '../operators/cancel-schedule.ts';
import { openedGate } from '../schemas/gates.ts';
import { id } from '../schemas/resources.ts';
import { gate } from './check-in.ts';

export const openGate = defineCommand({
  name: 'open-gate',
  input: z.strictObject({ scheduleId: id, gate }),
  result: openedGate,
  laneKey: bySchedule,
});
