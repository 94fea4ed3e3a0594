/** Routes with which operators read and change the admission, and the public keys of all that the API signs. */
import { z } from 'zod';
import { HOUSE_QUEUE } from '../../../commands/command.ts';
import { admissionBody, setAdmission } from '../../../commands/queue/set-admission.ts';
import type { SigningKey } from '../../auth/signing-key.ts';
import type { JobDeps } from '../../jobs/accept-command.ts';
import { commandRoute } from '../../jobs/command-route.ts';
import type { ProblemCode } from '../../problems/problems.ts';
import { passedOver } from '../../queue/position.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import type { TicketCodes } from '../../tickets/ticket-codes.ts';
import { demandQueue, queueNamedBy, queuePath } from './named-queue.ts';

const whole = z.int().min(0);

const admission = z
  .object({
    queueId: whole,
    isPaused: z.boolean(),
    isGathering: z.boolean().meta({ description: 'Whether users gather for a draw.' }),
    isSoldOut: z.boolean(),
    admitLimit: whole.meta({ description: 'Users per window.' }),
    admitWindowSeconds: z.number(),
    maxActive: whole,
    waiting: whole,
    active: whole,
    passedOver: whole.meta({
      description: 'Waiting users who were skipped because they were inactive.',
    }),
    lastAdmitted: whole,
    admittedLastMinute: whole,
  })
  .meta({ id: 'Admission' });

export interface AdmissionRouteDeps extends JobDeps {
  signingKey: SigningKey;
  ticketCodes: Pick<TicketCodes, 'publicJwks'>;
}

export function admissionRoutes(deps: AdmissionRouteDeps): Route[] {
  return [
    ...routesOf(deps, {
      path: '/admin/admission',
      params: z.object({}),
      operationIds: { get: 'getAdmission', set: 'setAdmission' },
      queue: 'the house queue',
      problems: [],
    }),
    ...routesOf(deps, {
      path: '/queues/{queueId}/admission',
      params: queuePath,
      operationIds: { get: 'getQueueAdmission', set: 'setQueueAdmission' },
      queue: 'a waiting queue',
      problems: ['QUEUE_NOT_FOUND'],
    }),
    defineRoute({
      method: 'get',
      path: '/.well-known/jwks.json',
      operationId: 'getQueueTokenKeys',
      tag: 'queue',
      summary: 'Get the public keys of queue tokens, waiting tickets and tickets (RFC 7517)',
      description:
        'The `kid` of a code or token names its key. There is a key for each secret of `TICKET_SECRETS`.',
      access: 'open',
      response: {
        status: 200,
        schema: z.object({ keys: z.array(z.looseObject({})) }),
        description: 'The JSON Web Key Set.',
      },
      handle() {
        const keys = [deps.signingKey.publicJwk, ...deps.ticketCodes.publicJwks];
        return respondJson({ keys });
      },
    }),
  ];
}

interface AdmissionPath {
  path: string;
  params: z.ZodType<{ queueId?: number | undefined }>;
  operationIds: Record<'get' | 'set', string>;
  /** As summaries call it. */
  queue: string;
  problems: readonly ProblemCode[];
}

function routesOf(
  deps: JobDeps,
  { path, params, operationIds, queue, problems }: AdmissionPath,
): Route[] {
  const { queuesInMemory: queues } = deps;
  return [
    defineRoute({
      method: 'get',
      path,
      operationId: operationIds.get,
      tag: 'operators',
      summary: `Get the current state of the admission of ${queue}`,
      access: 'admin',
      params,
      response: { status: 200, schema: admission, description: 'The admission.' },
      problems,
      async handle({ params: { queueId = HOUSE_QUEUE } }) {
        // An operator must see a change that was just made through any process.
        await queues.refresh();
        await demandQueue(queues, queueId);
        const [rate, counters] = [queues.rateOf(queueId), queues.countersOf(queueId)];
        return respondJson({
          queueId,
          isPaused: counters.isPaused,
          isGathering: counters.isGathering,
          isSoldOut: counters.isSoldOut,
          admitLimit: rate.admitLimit,
          admitWindowSeconds: rate.admitWindowMs / 1000,
          maxActive: rate.maxActive,
          waiting: counters.waiting,
          active: counters.active,
          passedOver: passedOver(queues.lineOf(queueId), counters),
          lastAdmitted: counters.lastAdmitted,
          admittedLastMinute: counters.admittedLastMinute,
        });
      },
    }),
    commandRoute(deps, {
      command: setAdmission,
      method: 'post',
      path,
      operationId: operationIds.set,
      tag: 'operators',
      summary: `Pause, resume or change the admission of ${queue}`,
      access: 'admin',
      params,
      body: admissionBody,
      problems: [...problems, 'ADMISSION_CEILING_EXCEEDED'],
      inputOf: async ({ params, body }) => ({
        ...body,
        ...(await queueNamedBy(params, queues)),
      }),
    }),
  ];
}
