/** Routes with which operators cancel a performance and watch how its orders end. */
import { z } from 'zod';
import { cancelSchedule } from '../../commands/operators/cancel-schedule.ts';
import { retryCancellation } from '../../commands/operators/retry-cancellation.ts';
import { operatorReason } from '../../commands/orders/cancel-order-as-operator.ts';
import { id } from '../../commands/schemas/resources.ts';
import type { Database } from '../../db/connection/orm.ts';
import { readCancellation } from '../../db/reads/cancellations.ts';
import type { JobDeps } from '../jobs/accept-command.ts';
import { commandRoute } from '../jobs/command-route.ts';
import { Problem } from '../problems/problems.ts';
import { SharedReads } from '../reads/shared-read.ts';
import { pathId } from '../request.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';

const params = z.object({ scheduleId: pathId });
const count = z.int().min(0);

const cancellation = z
  .object({
    orders: count.meta({
      description:
        'The orders concerned that were paid, or charged to a card too late: `refunded`, `pending` and `failed` together.',
    }),
    refunded: count.meta({
      description: 'Those whose money is back, on a card or in points.',
    }),
    pending: count.meta({
      description: 'Those that have not ended, or whose refund to a card is on its way.',
    }),
    failed: count.meta({
      description:
        'Those that could not be ended, which each pass tries again, or whose refund to a card has failed.',
    }),
    holds: count.meta({ description: 'The held orders that have not ended yet.' }),
    isFinished: z.boolean().meta({
      description:
        'All orders have ended and are refunded, and no transaction runs that may add one. A card payment that arrives later makes it false again, until it is refunded.',
    }),
    failures: z.array(z.object({ orderId: id, failedAt: z.iso.datetime() })).meta({
      description:
        'The first 100 orders that could not be ended. `GET /refunds` lists refunds to cards that failed.',
    }),
  })
  .meta({ id: 'Cancellation' });

export function cancellationRoutes(deps: JobDeps & { orm: Database }): Route[] {
  const reads = new SharedReads();
  return [
    commandRoute(deps, {
      command: cancelSchedule,
      method: 'post',
      path: '/concerts/schedules/{scheduleId}/cancel',
      operationId: 'cancelSchedule',
      tag: 'operators',
      summary: 'Cancel a performance: its holds end, its paid orders are refunded',
      description:
        'From then on its places can be neither ordered nor paid. Its orders end in the background; `GET …/cancellation` shows how far that is.',
      access: 'admin',
      params,
      body: z.strictObject({ reason: operatorReason }),
      problems: ['SCHEDULE_NOT_FOUND', 'SCHEDULE_CANCELLED', 'BOOKING_CLOSED'],
    }),
    defineRoute({
      method: 'get',
      path: '/concerts/schedules/{scheduleId}/cancellation',
      operationId: 'getCancellation',
      tag: 'operators',
      summary: 'Get how far the orders of a cancelled performance are refunded',
      access: 'admin',
      params,
      response: { status: 200, schema: cancellation, description: 'The progress.' },
      problems: ['SCHEDULE_NOT_FOUND', 'CANCELLATION_NOT_FOUND'],
      async handle({ params: { scheduleId } }) {
        const read = () => readCancellation(deps.orm, scheduleId);
        const found = await reads.fresh(String(scheduleId), read);
        if (found) return respondJson(found);
        throw found === undefined
          ? new Problem('SCHEDULE_NOT_FOUND', { detail: `There is no schedule ${scheduleId}.` })
          : new Problem('CANCELLATION_NOT_FOUND', {
              detail: `The performance of schedule ${scheduleId} is not cancelled.`,
              scheduleId,
            });
      },
    }),
    commandRoute(deps, {
      command: retryCancellation,
      method: 'post',
      path: '/concerts/schedules/{scheduleId}/cancellation/retry',
      operationId: 'retryCancellation',
      tag: 'operators',
      summary:
        'Try now what is left of a cancelled performance: to end orders, to pay back to cards',
      description:
        'A pass over its orders begins at once, and the providers are asked again for refunds to cards that failed.',
      access: 'admin',
      params,
      problems: ['SCHEDULE_NOT_FOUND', 'CANCELLATION_NOT_FOUND'],
    }),
  ];
}
