/** Routes of a user's entry in a waiting queue: enter the queue, read the entry, leave the queue. */
import { z } from 'zod';
import { HOUSE_QUEUE } from '../../../commands/command.ts';
import { enterQueue } from '../../../commands/queue/enter-queue.ts';
import { leaveQueue } from '../../../commands/queue/leave-queue.ts';
import { queueEntry } from '../../../commands/schemas/resources.ts';
import type { JobDeps } from '../../jobs/accept-command.ts';
import { commandRoute } from '../../jobs/command-route.ts';
import { Problem, type ProblemCode } from '../../problems/problems.ts';
import type { StockView } from '../../queue/stock.ts';
import { pathId } from '../../request.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import { demandQueue, queueNamedBy, queuePath } from './named-queue.ts';

type EntryRouteDeps = JobDeps & { stockView: StockView };

/** The routes of the house queue, and those with the queue in their path. */
export function entryRoutes(deps: EntryRouteDeps): Route[] {
  return [
    ...routesOf(deps, {
      path: '/users/queue',
      params: z.object({}),
      operationIds: { enter: 'enterQueue', get: 'getQueueEntry', leave: 'leaveQueue' },
      queue: 'the house queue',
      problems: [],
    }),
    ...routesOf(deps, {
      path: '/queues/{queueId}/entry',
      params: queuePath,
      operationIds: { enter: 'enterQueueById', get: 'getEntryByQueue', leave: 'leaveQueueById' },
      queue: 'a waiting queue',
      problems: ['QUEUE_NOT_FOUND'],
    }),
  ];
}

interface EntryPath {
  path: string;
  params: z.ZodType<{ queueId?: number | undefined }>;
  operationIds: Record<'enter' | 'get' | 'leave', string>;
  /** As summaries call it. */
  queue: string;
  problems: readonly ProblemCode[];
}

function routesOf(
  deps: EntryRouteDeps,
  { path, params, operationIds, queue, problems }: EntryPath,
): Route[] {
  const { queuesInMemory, queueEntries } = deps;
  return [
    commandRoute(deps, {
      command: enterQueue,
      method: 'post',
      path,
      operationId: operationIds.enter,
      tag: 'queue',
      summary: `Enter ${queue}`,
      description: 'Entering again returns the user’s existing entry with the same number.',
      access: 'user',
      params,
      outcome: queueEntry,
      problems: [...problems, 'QUEUE_FULL'],
      inputOf: ({ params }) => queueNamedBy(params, queuesInMemory),
    }),
    defineRoute({
      method: 'get',
      path,
      operationId: operationIds.get,
      tag: 'queue',
      summary: `Get your entry in ${queue}`,
      access: 'user',
      params,
      query: z.strictObject({
        concertId: pathId
          .optional()
          .meta({ description: 'Adds this concert’s stock to the response.' }),
      }),
      response: { status: 200, schema: queueEntry, description: 'The queue entry.' },
      problems: [...problems, 'QUEUE_ENTRY_NOT_FOUND', 'CONCERT_NOT_FOUND'],
      async handle({ caller: { subject }, params: { queueId = HOUSE_QUEUE }, query }) {
        await demandQueue(queuesInMemory, queueId);
        const entry = await queueEntries.entryOf({ subject, queueId });
        if (!entry) {
          const end = await queueEntries.endOf({ subject, queueId });
          throw new Problem('QUEUE_ENTRY_NOT_FOUND', {
            detail: 'You are not in the queue.',
            ...end,
          });
        }
        const { concertId } = query;
        if (concertId === undefined) return respondJson(entry);
        const stock = await deps.stockView.of(concertId);
        if (stock) return respondJson({ ...entry, stock: { concertId, ...stock } });
        throw new Problem('CONCERT_NOT_FOUND', { detail: `Concert ${concertId} does not exist.` });
      },
    }),
    commandRoute(deps, {
      command: leaveQueue,
      method: 'delete',
      path,
      operationId: operationIds.leave,
      tag: 'queue',
      summary: `Leave ${queue}`,
      access: 'user',
      params,
      outcome: queueEntry,
      problems: [...problems, 'QUEUE_ENTRY_NOT_FOUND'],
      inputOf: ({ params }) => queueNamedBy(params, queuesInMemory),
    }),
  ];
}
