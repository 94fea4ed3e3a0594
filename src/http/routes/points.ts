/** Point routes: read, charge and use the balance, and list its history. */
import { z } from 'zod';
import { CHARGE_MAX, chargePoints } from '../../commands/points/charge-points.ts';
import { chargePointsAsOperator } from '../../commands/points/charge-points-as-operator.ts';
import { usePoints } from '../../commands/points/use-points.ts';
import { balanceOf, POINT_KINDS, pointHistoryLine } from '../../commands/schemas/resources.ts';
import { subject } from '../../commands/schemas/text.ts';
import type { Database } from '../../db/connection/orm.ts';
import { listHistory, readBalance } from '../../db/reads/points.ts';
import { acceptCommand, type JobDeps } from '../jobs/accept-command.ts';
import { accepted, commandRoute } from '../jobs/command-route.ts';
import type { Payments } from '../payments/payments.ts';
import { Problem } from '../problems/problems.ts';
import { fromTimedCursor, pageQuery, timeQuery, toTimedPage } from '../reads/pagination.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';
import { pageOf } from './shared-responses.ts';

/** Operators name a user; without a name, the points are for the caller. */
const chargeBody = z.strictObject({
  amount: z.int().min(1).max(CHARGE_MAX),
  subject: subject.optional(),
});

export function pointRoutes(deps: JobDeps & { orm: Database; payments: Payments }): Route[] {
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
      summary: 'Add points without money',
      description:
        'For operators, who may add points to the balance of any user (`subject`). While OPEN_CHARGING is on, also for everybody’s own balance; `POST /points/checkout` buys points.',
      access: 'user',
      body: chargeBody,
      response: accepted,
      outcome: chargePoints.result,
      problems: ['FORBIDDEN'],
      handle(request) {
        const { body, caller } = request;
        const { amount, subject = caller.subject } = body;
        const isOpen = deps.payments.settings.openCharging && body.subject === undefined;
        if (isOpen) {
          return acceptCommand(deps, { ...request, command: chargePoints, input: { amount } });
        }
        if (!caller.isAdmin) {
          const detail =
            'Only operators add points without money. Buy them: POST /points/checkout.';
          throw new Problem('FORBIDDEN', { detail });
        }
        // Also for the operator's own balance: the operators' log has every charge without money.
        const command = chargePointsAsOperator;
        return acceptCommand(deps, { ...request, command, input: { amount, subject } });
      },
    }),
    commandRoute(deps, {
      command: usePoints,
      method: 'post',
      path: '/points/use',
      operationId: 'usePoints',
      tag: 'points',
      summary: 'Use points from your balance',
      access: 'user',
      body: usePoints.input,
      problems: ['INSUFFICIENT_POINTS'],
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
