/** Routes with which operators read the sales of a performance: in all, by section or price category, and over time. */
import { z } from 'zod';
import { area, id } from '../../../commands/schemas/resources.ts';
import { balance, points, time } from '../../../commands/schemas/values.ts';
import type { Database } from '../../../db/connection/orm.ts';
import { readSales } from '../../../db/reads/sales/figures.ts';
import { readSalesGroups } from '../../../db/reads/sales/groups.ts';
import { readSalesSeries, STEPS_MAX } from '../../../db/reads/sales/series.ts';
import { Problem } from '../../problems/problems.ts';
import { SharedReads } from '../../reads/shared-read.ts';
import { pathId } from '../../request.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';

const params = z.object({ scheduleId: pathId });
const count = z.int().min(0);
const counts = { available: count, held: count, sold: count, blocked: count };
const money = {
  revenue: balance.meta({ description: 'What was paid, before refunds, in points.' }),
  refunded: balance.meta({ description: 'What of it was refunded.' }),
};

const sales = z
  .object({
    scheduleId: id,
    concertId: id,
    concertTitle: z.string(),
    startAt: time,
    cancelledAt: time.nullable(),
    cancelReason: z.string().nullable(),
    seats: z.object(counts).meta({
      description: 'A hold whose grace period has expired counts as available.',
    }),
    areas: z.array(area),
    orders: count.meta({
      description: 'The orders that were paid, those refunded since included.',
    }),
    ...money,
    entered: count.meta({ description: 'The tickets that were used.' }),
  })
  .meta({ id: 'Sales' });

const group = z
  .object({
    name: z.string().nullable().meta({
      description:
        'The section, the area or the category; null for seats without a section, and for a price.',
    }),
    areaId: id.nullable(),
    price: points.nullable().meta({
      description: 'null for a section or area, and for a category with several prices.',
    }),
    ...counts,
    ...money,
  })
  .meta({ id: 'SalesGroup' });

const step = z
  .object({
    from: time.meta({ description: 'The first moment of the hour or day.' }),
    sold: count.meta({ description: 'The places that were paid.' }),
    ...money,
    returned: count.meta({ description: 'The places that were refunded.' }),
  })
  .meta({ id: 'SalesStep' });

const series = z
  .object({
    timeZone: z.string().meta({
      description: 'The venue’s time zone, by its IANA name. Hours and days begin by its clock.',
    }),
    items: z.array(step),
  })
  .meta({ id: 'SalesSeries' });

const itemsOf = (item: z.ZodType) => z.object({ items: z.array(item) });

function unknownSchedule(scheduleId: number): never {
  throw new Problem('SCHEDULE_NOT_FOUND', { detail: `There is no schedule ${scheduleId}.` });
}

export function salesFigureRoutes({ orm }: { orm: Database }): Route[] {
  // They read all orders of a performance, so those of one performance run one after the other, and share their results.
  const reads = new SharedReads();
  const demandSales = async (scheduleId: number) => {
    const found = await reads.fresh(`sales ${scheduleId}`, () => readSales(orm, scheduleId));
    return found ?? unknownSchedule(scheduleId);
  };
  return [
    defineRoute({
      method: 'get',
      path: '/concerts/schedules/{scheduleId}/sales',
      operationId: 'getSales',
      tag: 'operators',
      summary: 'Get the places of a performance by state, its orders, revenue and refunds',
      access: 'admin',
      params,
      response: { status: 200, schema: sales, description: 'The sales.' },
      problems: ['SCHEDULE_NOT_FOUND'],
      handle: async ({ params: { scheduleId } }) => respondJson(await demandSales(scheduleId)),
    }),
    defineRoute({
      method: 'get',
      path: '/concerts/schedules/{scheduleId}/sales/groups',
      operationId: 'listSalesGroups',
      tag: 'operators',
      summary: 'Get the sales of a performance by section or by price category',
      description:
        'By section, each area is a group of its own. A category is one of the hall of which the performance was made, with its seats and areas; without a hall it is a price. The sums of all groups are those of `GET …/sales`.',
      access: 'admin',
      params,
      query: z.strictObject({ by: z.enum(['section', 'category']).default('section') }),
      response: {
        status: 200,
        schema: itemsOf(group),
        description: 'The groups, in the order of the seats.',
      },
      problems: ['SCHEDULE_NOT_FOUND'],
      async handle({ params: { scheduleId }, query: { by } }) {
        const read = () => readSalesGroups(orm, { scheduleId, by });
        const items = await reads.fresh(`groups ${scheduleId} ${by}`, read);
        if (items.length === 0) await demandSales(scheduleId);
        return respondJson({ items });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/concerts/schedules/{scheduleId}/sales/series',
      operationId: 'listSalesSeries',
      tag: 'operators',
      summary: 'Get the sales of a performance over time',
      description: `All hours or days from the first sale to the last sale or refund, at most the newest ${STEPS_MAX}. Hours and days are those of the venue’s time zone: an hour that exists twice at the end of summer time is one step of two hours.`,
      access: 'admin',
      params,
      query: z.strictObject({ step: z.enum(['hour', 'day']).default('day') }),
      response: { status: 200, schema: series, description: 'The steps, the oldest first.' },
      problems: ['SCHEDULE_NOT_FOUND'],
      async handle({ params: { scheduleId }, query: { step } }) {
        const read = () => readSalesSeries(orm, { scheduleId, step });
        const found = await reads.fresh(`series ${scheduleId} ${step}`, read);
        return respondJson(found ?? unknownSchedule(scheduleId));
      },
    }),
  ];
}
