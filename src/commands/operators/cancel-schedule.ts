/**
 * Cancels a performance. Nobody can order or pay for it any more, and a timer ends its orders: holds are released, paid orders
 * refunded. For operators.
 */
import { z } from 'zod';
import { defineCommand, type LaneKey } from '../command.ts';
import { operatorReason } from '../orders/cancel-order-as-operator.ts';
import { id, schedule } from '../schemas/resources.ts';

/** The key of commands that change a schedule. */
export const bySchedule = ({ scheduleId }: { scheduleId: number }): LaneKey => ({
  kind: 'seat',
  key: `schedule:${scheduleId}`,
});

export const cancelSchedule = defineCommand({
  name: 'cancel-schedule',
  input: z.strictObject({ scheduleId: id, reason: operatorReason }),
  result: schedule,
  laneKey: bySchedule,
});
