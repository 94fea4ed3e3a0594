/** The waiting queue: enter, look, leave. */

import { z } from 'zod';
import { enterQueue } from '../../commands/queue/enter-queue.ts';
import { leaveQueue } from '../../commands/queue/leave-queue.ts';
import { queueEntry } from '../../commands/schemas/resources.ts';
import { acceptCommand, type JobDeps } from '../jobs/accept-command.ts';
import { Problem } from '../problems/problems.ts';
import type { StockView } from '../queue/stock.ts';
import { pathId } from '../request.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';
import { accepted } from './answers.ts';

export function queueRoutes(deps: JobDeps & { stockView: StockView }): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/users/queue',
      operationId: 'enterQueue',
      tag: 'queue',
      summary: 'Take a place in the waiting queue',
      description: 'A user who has a place keeps it: entering again gives the same number.',
      access: 'user',
      answer: accepted,
      outcome: queueEntry,
      problems: ['QUEUE_FULL'],
      handle: (request) => acceptCommand(deps, { ...request, command: enterQueue, input: {} }),
    }),
    defineRoute({
      method: 'get',
      path: '/users/queue',
      operationId: 'getQueueEntry',
      tag: 'queue',
      summary: 'Look at one’s place',
      access: 'user',
      query: z.strictObject({
        concertId: pathId.optional().meta({ description: 'Adds the stock of this concert.' }),
      }),
      answer: { status: 200, schema: queueEntry, description: 'The place.' },
      problems: ['QUEUE_ENTRY_NOT_FOUND', 'CONCERT_NOT_FOUND'],
      async handle({ caller, query: { concertId } }) {
        const place = await deps.queueView.placeOf(caller.subject);
        if (!place) {
          throw new Problem('QUEUE_ENTRY_NOT_FOUND', { detail: 'You have no place in the queue.' });
        }
        if (concertId === undefined) return respondJson(place);
        const stock = await deps.stockView.of(concertId);
        if (stock) return respondJson({ ...place, stock: { concertId, ...stock } });
        throw new Problem('CONCERT_NOT_FOUND', { detail: `There is no concert ${concertId}.` });
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/users/queue',
      operationId: 'leaveQueue',
      tag: 'queue',
      summary: 'Give up one’s place',
      access: 'user',
      answer: accepted,
      outcome: queueEntry,
      problems: ['QUEUE_ENTRY_NOT_FOUND'],
      handle: (request) => acceptCommand(deps, { ...request, command: leaveQueue, input: {} }),
    }),
  ];
}
