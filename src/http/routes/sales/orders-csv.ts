/** The route with which operators get all orders of a performance as a table. */
import { z } from 'zod';
import type { Database } from '../../../db/connection/orm.ts';
import { hasSchedule, type OrderLine, readOrderLines } from '../../../db/reads/sales/csv-orders.ts';
import { Problem } from '../../problems/problems.ts';
import { pathId } from '../../request.ts';
import { defineRoute, type Route } from '../../route.ts';
import { csvLine, streamText } from '../../sales/csv.ts';

/** Orders a piece. */
const PIECE = 1000;

const COLUMNS = [
  'order',
  'state',
  'user',
  'name',
  'placed_at',
  'paid_at',
  'ended_at',
  'places',
  'place_names',
  'total',
  'refunded',
] as const;

export function ordersCsvRoute({ orm }: { orm: Database }): Route {
  return defineRoute({
    method: 'get',
    path: '/concerts/schedules/{scheduleId}/orders.csv',
    operationId: 'exportOrders',
    tag: 'operators',
    summary: 'Get all orders of a performance as CSV (RFC 4180)',
    description:
      'One line for each order, by number, in UTF-8; times are ISO 8601 in UTC, amounts are in points. Texts that begin with `=`, `+`, `-`, `@`, a tab or a carriage return get an apostrophe before them. It is read in pieces while it is sent: orders that change meanwhile may be there as they were before or as they are after. If it cannot be read to its end, the connection is cut.',
    access: 'admin',
    params: z.object({ scheduleId: pathId }),
    response: {
      status: 200,
      type: 'text/csv',
      schema: z.string(),
      description: 'The table, with a line of column names.',
    },
    problems: ['SCHEDULE_NOT_FOUND'],
    async handle({ params: { scheduleId } }) {
      if (!(await hasSchedule(orm, scheduleId))) {
        throw new Problem('SCHEDULE_NOT_FOUND', { detail: `There is no schedule ${scheduleId}.` });
      }
      let last: number | undefined = 0;
      const next = async (): Promise<string | undefined> => {
        if (last === undefined) return undefined;
        const lines = await readOrderLines(orm, { scheduleId, after: last, limit: PIECE });
        last = lines.length < PIECE ? undefined : lines.at(-1)?.id;
        return lines.map(toCsv).join('');
      };
      const first = csvLine(COLUMNS) + (await next());
      return new Response(streamText(first, next), {
        headers: {
          'Content-Type': 'text/csv; charset=utf-8; header=present',
          'Content-Disposition': `attachment; filename="orders-${scheduleId}.csv"`,
          'X-Content-Type-Options': 'nosniff',
          'Cache-Control': 'no-store',
        },
      });
    },
  });
}

const toCsv = (order: OrderLine): string =>
  csvLine([
    order.id,
    order.state,
    order.subject,
    order.name,
    order.createdAt.toISOString(),
    order.paidAt?.toISOString() ?? null,
    order.endedAt?.toISOString() ?? null,
    order.places,
    order.placeNames.join('; '),
    order.total,
    order.refunded,
  ]);
