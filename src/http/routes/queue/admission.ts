/** Routes with which operators read and change the admission, and the public key of queue tokens. */
import { z } from 'zod';
import { setAdmission } from '../../../commands/queue/set-admission.ts';
import type { QueueTokens } from '../../auth/queue-tokens.ts';
import { acceptCommand, type JobDeps } from '../../jobs/accept-command.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import { accepted } from '../shared-responses.ts';

const whole = z.int().min(0);

const admission = z
  .object({
    isPaused: z.boolean(),
    isSoldOut: z.boolean(),
    admitLimit: whole.meta({ description: 'Users per window.' }),
    admitWindowSeconds: z.number(),
    maxActive: whole,
    waiting: whole,
    active: whole,
    passedOver: whole.meta({
      description: 'Waiting users whose number was reached but who were inactive and skipped.',
    }),
    lastAdmitted: whole,
    admittedLastMinute: whole,
  })
  .meta({ id: 'Admission' });

const overrides = z.object({
  isPaused: z.boolean(),
  admitLimit: whole.nullable(),
  admitWindowSeconds: z.number().nullable(),
  maxActive: whole.nullable(),
});

export function admissionRoutes(deps: JobDeps & { queueTokens: QueueTokens }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/admin/admission',
      operationId: 'getAdmission',
      tag: 'operators',
      summary: 'Get the current state of the admission',
      access: 'admin',
      response: { status: 200, schema: admission, description: 'The admission.' },
      async handle() {
        // An operator must see a change that was just made through any process.
        await deps.queueView.refresh();
        const { rate, counters } = deps.queueView;
        return respondJson({
          isPaused: counters.isPaused,
          isSoldOut: counters.isSoldOut,
          admitLimit: rate.admitLimit,
          admitWindowSeconds: rate.admitWindowMs / 1000,
          maxActive: rate.maxActive,
          waiting: counters.waiting,
          active: counters.active,
          passedOver: counters.passedOver,
          lastAdmitted: counters.lastAdmitted,
          admittedLastMinute: counters.admittedLastMinute,
        });
      },
    }),
    defineRoute({
      method: 'post',
      path: '/admin/admission',
      operationId: 'setAdmission',
      tag: 'operators',
      summary: 'Pause, resume or change the admission',
      access: 'admin',
      body: setAdmission.input,
      response: accepted,
      outcome: overrides,
      handle: (request) =>
        acceptCommand(deps, { ...request, command: setAdmission, input: request.body }),
    }),
    defineRoute({
      method: 'get',
      path: '/.well-known/jwks.json',
      operationId: 'getQueueTokenKeys',
      tag: 'queue',
      summary: 'Get the public key of queue tokens (RFC 7517)',
      access: 'open',
      response: {
        status: 200,
        schema: z.object({ keys: z.array(z.looseObject({})) }),
        description: 'The JSON Web Key Set.',
      },
      handle: () => respondJson({ keys: [deps.queueTokens.publicJwk] }),
    }),
  ];
}
