/** The route with which operators look at a user. */
import { z } from 'zod';
import { order, pointHistoryLine } from '../../../commands/schemas/resources.ts';
import { subject } from '../../../commands/schemas/text.ts';
import { balance, time } from '../../../commands/schemas/values.ts';
import type { Database } from '../../../db/connection/orm.ts';
import { readUserAccount } from '../../../db/reads/sales/users.ts';
import { Problem } from '../../problems/problems.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';

const account = z
  .object({
    subject: z.string(),
    name: z.string().nullable().meta({
      description: 'The name claim of the user’s first access token.',
    }),
    createdAt: time,
    balance,
    orders: z.array(order).meta({ description: 'The newest 20.' }),
    history: z.array(pointHistoryLine).meta({
      description: 'The newest 20 changes of the balance.',
    }),
  })
  .meta({ id: 'UserAccount' });

export function userAccountRoute({ orm }: { orm: Database }): Route {
  return defineRoute({
    method: 'get',
    path: '/admin/users/{subject}',
    operationId: 'getUserAccount',
    tag: 'operators',
    summary: 'Get a user with points, newest orders and changes of the balance',
    access: 'admin',
    params: z.object({ subject }),
    response: { status: 200, schema: account, description: 'The user.' },
    problems: ['USER_NOT_FOUND'],
    async handle({ params }) {
      const found = await readUserAccount(orm, params.subject);
      if (found) return respondJson(found);
      throw new Problem('USER_NOT_FOUND', {
        detail: `No user with the subject ${JSON.stringify(params.subject)} has sent a command.`,
      });
    },
  });
}
