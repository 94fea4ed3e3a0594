/** Routes with which operators look at calls to payment providers that are owed, and have dead ones made. */
import { z } from 'zod';
import { retryCall } from '../../../commands/operators/retry-call.ts';
import { owedCall } from '../../../commands/schemas/owed-calls.ts';
import { id } from '../../../commands/schemas/resources.ts';
import type { Database } from '../../../db/connection/orm.ts';
import { listOwedCalls } from '../../../db/reads/sales/owed-calls.ts';
import type { JobDeps } from '../../jobs/accept-command.ts';
import { commandRoute } from '../../jobs/command-route.ts';
import { fromCursor, pageQuery, toPage } from '../../reads/pagination.ts';
import { pathId } from '../../request.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import { pageOf } from '../shared-responses.ts';

export function outboxRoutes(deps: JobDeps & { orm: Database }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/admin/outbox',
      operationId: 'listOwedCalls',
      tag: 'operators',
      summary: 'List the calls to payment providers that are owed, newest first',
      description:
        '`dead` are those without an answer after ten offers to a worker. They are still offered, every half hour.',
      access: 'admin',
      query: z.strictObject({ ...pageQuery, state: z.enum(['dead']).optional() }),
      response: { status: 200, schema: pageOf(owedCall), description: 'A page of calls.' },
      async handle({ query: { limit, cursor, state } }) {
        const before = fromCursor(cursor, z.tuple([id]))?.[0];
        const found = await listOwedCalls(deps.orm, { state, before, limit });
        return respondJson(
          toPage(found, limit, { item: (call) => call, key: (call) => [call.id] }),
        );
      },
    }),
    commandRoute(deps, {
      command: retryCall,
      method: 'post',
      path: '/admin/outbox/{callId}/retry',
      operationId: 'retryCall',
      tag: 'operators',
      summary: 'Have a dead call to a payment provider made now',
      access: 'admin',
      params: z.object({ callId: pathId }),
      problems: ['CALL_NOT_FOUND', 'CALL_NOT_DEAD'],
    }),
  ];
}
