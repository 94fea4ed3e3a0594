/** Waiting queue routes: enter the queue, read the queue entry, leave the queue. */
import { z } from 'zod';
import { enterQueue } from '../../../commands/queue/enter-queue.ts';
import { leaveQueue } from '../../../commands/queue/leave-queue.ts';
import { queueEntry } from '../../../commands/schemas/resources.ts';
import { acceptCommand, type JobDeps } from '../../jobs/accept-command.ts';
import { Problem } from '../../problems/problems.ts';
import type { StockView } from '../../queue/stock.ts';
import { pathId } from '../../request.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import { accepted } from '../shared-responses.ts';

export function queueRoutes(deps: JobDeps & { stockView: StockView }): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/users/queue',
      operationId: 'enterQueue',
      tag: 'queue',
      summary: 'Enter the waiting queue',
      description: 'Entering again returns the user’s existing entry with the same number.',
      access: 'user',
      response: accepted,
      outcome: queueEntry,
      problems: ['QUEUE_FULL'],
      handle: (request) => acceptCommand(deps, { ...request, command: enterQueue, input: {} }),
    }),
    defineRoute({
      method: 'get',
      path: '/users/queue',
      operationId: 'getQueueEntry',
      tag: 'queue',
      summary: 'Get your queue entry',
      access: 'user',
      query: z.strictObject({
        concertId: pathId
          .optional()
          .meta({ description: 'Adds this concert’s stock to the response.' }),
      }),
      response: { status: 200, schema: queueEntry, description: 'The queue entry.' },
      problems: ['QUEUE_ENTRY_NOT_FOUND', 'CONCERT_NOT_FOUND'],
      async handle({ caller, query: { concertId } }) {
        const entry = await deps.queueView.entryOf(caller.subject);
        if (!entry) {
          throw new Problem('QUEUE_ENTRY_NOT_FOUND', { detail: 'You are not in the queue.' });
        }
        if (concertId === undefined) return respondJson(entry);
        const stock = await deps.stockView.of(concertId);
        if (stock) return respondJson({ ...entry, stock: { concertId, ...stock } });
        throw new Problem('CONCERT_NOT_FOUND', { detail: `Concert ${concertId} does not exist.` });
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/users/queue',
      operationId: 'leaveQueue',
      tag: 'queue',
      summary: 'Leave the waiting queue',
      access: 'user',
      response: accepted,
      outcome: queueEntry,
      problems: ['QUEUE_ENTRY_NOT_FOUND'],
      handle: (request) => acceptCommand(deps, { ...request, command: leaveQueue, input: {} }),
    }),
  ];
}
