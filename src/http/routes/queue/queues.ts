/** Routes of waiting queues: create, list, get. */
import { z } from 'zod';
import { createQueue } from '../../../commands/queue/create-queue.ts';
import { queueId } from '../../../commands/schemas/values.ts';
import { waitingQueue } from '../../../commands/schemas/waiting-queue.ts';
import type { JobDeps } from '../../jobs/accept-command.ts';
import { commandRoute } from '../../jobs/command-route.ts';
import type { WaitingQueues } from '../../queue/waiting-queues.ts';
import { fromCursor, pageQuery, toPage } from '../../reads/pagination.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import { pageOf } from '../shared-responses.ts';
import { queueNotFound, queuePath } from './named-queue.ts';

export function queueRoutes(deps: JobDeps & { waitingQueues: WaitingQueues }): Route[] {
  return [
    commandRoute(deps, {
      command: createQueue,
      method: 'post',
      path: '/queues',
      operationId: 'createQueue',
      tag: 'queue',
      summary: 'Create a waiting queue for concerts that the house queue has served',
      description:
        'Users who wait in the house queue stay there. Ten seconds after everything there is sold or over, their waiting ends (`sold-out` or `closed`). What is held with its tokens can still be paid. A draw that was announced and does not gather yet moves with its concert.',
      access: 'admin',
      body: createQueue.input,
      problems: [
        'CONCERT_NOT_FOUND',
        'CONCERT_HAS_QUEUE',
        'ADMISSION_CEILING_EXCEEDED',
        'DRAW_ALREADY_ANNOUNCED',
      ],
    }),
    defineRoute({
      method: 'get',
      path: '/queues',
      operationId: 'listQueues',
      tag: 'queue',
      summary: 'List the waiting queues, by id',
      description: 'Queue 1, the house queue, serves every concert without a queue of its own.',
      access: 'open',
      query: z.strictObject(pageQuery),
      response: { status: 200, schema: pageOf(waitingQueue), description: 'A page of queues.' },
      async handle({ query: { limit, cursor } }) {
        const after = fromCursor(cursor, z.tuple([queueId]))?.[0] ?? 0;
        const found = await deps.waitingQueues.list({ after, limit });
        return respondJson(toPage(found, limit, { item: (row) => row, key: (row) => [row.id] }));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/queues/{queueId}',
      operationId: 'getQueue',
      tag: 'queue',
      summary: 'Get a waiting queue',
      access: 'open',
      params: queuePath,
      response: { status: 200, schema: waitingQueue, description: 'The queue.' },
      problems: ['QUEUE_NOT_FOUND'],
      async handle({ params }) {
        const found = await deps.waitingQueues.find(params.queueId);
        if (found) return respondJson(found);
        throw queueNotFound(params.queueId);
      },
    }),
  ];
}
