/** Point routes: read, charge and use the balance, and list its history. */
import { z } from 'zod';
import { chargePoints } from '../../commands/points/charge-points.ts';
import { usePoints } from '../../commands/points/use-points.ts';
import { balanceOf, POINT_KINDS, pointHistoryLine } from '../../commands/schemas/resources.ts';
import type { Database } from '../../db/connection/orm.ts';
import { listHistory, readBalance } from '../../db/reads/points.ts';
import { acceptCommand, type JobDeps } from '../jobs/accept-command.ts';
import { fromTimedCursor, pageQuery, timeQuery, toTimedPage } from '../reads/pagination.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';
import { accepted, pageOf } from './shared-responses.ts';

export function pointRoutes(deps: JobDeps & { orm: Database }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/points',
      operationId: 'getBalance',
      tag: 'points',
      summary: 'Get your balance',
      access: 'user',
      response: { status: 200, schema: balanceOf, description: 'The balance; 0 for a new user.' },
      handle: async ({ caller }) =>
        respondJson({ balance: await readBalance(deps.orm, caller.subject) }),
    }),
    defineRoute({
      method: 'post',
      path: '/points/charge',
      operationId: 'chargePoints',
      tag: 'points',
      summary: 'Add points to your balance',
      access: 'user',
      body: chargePoints.input,
      response: accepted,
      outcome: balanceOf,
      handle: (request) =>
        acceptCommand(deps, { ...request, command: chargePoints, input: request.body }),
    }),
    defineRoute({
      method: 'post',
      path: '/points/use',
      operationId: 'usePoints',
      tag: 'points',
      summary: 'Use points from your balance',
      access: 'user',
      body: usePoints.input,
      response: accepted,
      outcome: balanceOf,
      problems: ['INSUFFICIENT_POINTS'],
      handle: (request) =>
        acceptCommand(deps, { ...request, command: usePoints, input: request.body }),
    }),
    defineRoute({
      method: 'get',
      path: '/points/history',
      operationId: 'listPointHistory',
      tag: 'points',
      summary: 'List the changes of your balance, newest first',
      access: 'user',
      query: z.strictObject({
        ...pageQuery,
        kind: z.enum(POINT_KINDS).optional(),
        ...timeQuery('Changes made'),
      }),
      response: {
        status: 200,
        schema: pageOf(pointHistoryLine),
        description: 'A page of changes.',
      },
      async handle({ caller: { subject }, query: { limit, cursor, kind, from, to } }) {
        const before = fromTimedCursor(cursor);
        const found = await listHistory(deps.orm, { subject, kind, from, to, before, limit });
        return respondJson(toTimedPage(found, limit));
      },
    }),
  ];
}
