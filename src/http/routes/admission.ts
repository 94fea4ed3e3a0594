/** The admission as operators see and steer it, and the key that queue tokens can be checked with. */
import { z } from 'zod';
import { setAdmission } from '../../commands/queue/set-admission.ts';
import type { QueueTokens } from '../auth/queue-tokens.ts';
import { acceptCommand, type JobDeps } from '../jobs/accept-command.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';
import { accepted } from './answers.ts';

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
      description: 'Who wait with a number that was reached: they are away.',
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
      summary: 'The admission in figures, as it is now',
      access: 'admin',
      answer: { status: 200, schema: admission, description: 'The admission.' },
      async handle() {
        // Who has just changed it, through any process, must see the change.
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
      summary: 'Pause, resume or change the admission of all processes',
      access: 'admin',
      body: setAdmission.input,
      answer: accepted,
      outcome: overrides,
      handle: (request) =>
        acceptCommand(deps, { ...request, command: setAdmission, input: request.body }),
    }),
    defineRoute({
      method: 'get',
      path: '/.well-known/jwks.json',
      operationId: 'getQueueTokenKeys',
      tag: 'queue',
      summary: 'The public key of queue tokens (RFC 7517)',
      access: 'open',
      answer: {
        status: 200,
        schema: z.object({ keys: z.array(z.looseObject({})) }),
        description: 'Keys.',
      },
      handle: () => respondJson({ keys: [deps.queueTokens.publicJwk] }),
    }),
  ];
}
