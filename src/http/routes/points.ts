/** Points: balance, charge, use, history. */
import { z } from 'zod';
import { chargePoints } from '../../commands/points/charge-points.ts';
import { usePoints } from '../../commands/points/use-points.ts';
import { balanceOf, id, POINT_KINDS, pointHistoryLine } from '../../commands/schemas/resources.ts';
import type { Database } from '../../db/connection/orm.ts';
import { type HistoryRow, listHistory, readBalance } from '../../db/reads/points.ts';
import { acceptCommand, type JobDeps } from '../jobs/accept-command.ts';
import { fromCursor, pageQuery, timeQuery, toPage } from '../reads/pagination.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';
import { accepted, pageOf } from './answers.ts';

const historyCursor = z.tuple([z.int(), id]);

export function pointRoutes(deps: JobDeps & { orm: Database }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/points',
      operationId: 'getBalance',
      tag: 'points',
      summary: 'Look at one’s balance',
      access: 'user',
      answer: { status: 200, schema: balanceOf, description: 'The balance; 0 for a new user.' },
      handle: async ({ caller }) =>
        respondJson({ balance: await readBalance(deps.orm, caller.subject) }),
    }),
    defineRoute({
      method: 'post',
      path: '/points/charge',
      operationId: 'chargePoints',
      tag: 'points',
      summary: 'Add points',
      access: 'user',
      body: chargePoints.input,
      answer: accepted,
      outcome: balanceOf,
      handle: (request) =>
        acceptCommand(deps, { ...request, command: chargePoints, input: request.body }),
    }),
    defineRoute({
      method: 'post',
      path: '/points/use',
      operationId: 'usePoints',
      tag: 'points',
      summary: 'Take points off',
      access: 'user',
      body: usePoints.input,
      answer: accepted,
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
      summary: 'List what changed one’s points, newest first',
      access: 'user',
      query: z.strictObject({
        ...pageQuery,
        kind: z.enum(POINT_KINDS).optional(),
        ...timeQuery('Lines'),
      }),
      answer: { status: 200, schema: pageOf(pointHistoryLine), description: 'A page of lines.' },
      async handle({ caller: { subject }, query: { limit, cursor, kind, from, to } }) {
        const key = fromCursor(cursor, historyCursor);
        const before = key && { createdAtUs: key[0], id: key[1] };
        const found = await listHistory(deps.orm, { subject, kind, from, to, before, limit });
        return respondJson(
          toPage(found, limit, { item: toLine, key: (row) => [row.createdAtUs, row.id] }),
        );
      },
    }),
  ];
}

function toLine({ createdAtUs: _, ...line }: HistoryRow) {
  return line;
}
