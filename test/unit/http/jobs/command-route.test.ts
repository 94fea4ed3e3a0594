/** How the route of a command is made from the command. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { enterQueue } from '../../../../src/commands/queue/enter-queue.ts';
import { queueEntry } from '../../../../src/commands/schemas/resources.ts';
import { checkIn } from '../../../../src/commands/tickets/check-in.ts';
import type { JobDeps } from '../../../../src/http/jobs/accept-command.ts';
import { accepted, commandRoute } from '../../../../src/http/jobs/command-route.ts';

const deps = {} as JobDeps;
const described = {
  method: 'post',
  path: '/there',
  operationId: 'goThere',
  tag: 'tickets',
  summary: 'Go there',
  access: 'gate',
  params: z.object({ ticketId: z.int() }),
} as const;

test('a route documents the result that its command declares, or the one that is shown', () => {
  const entering = { ...described, command: enterQueue, params: z.object({}) };
  expect(commandRoute(deps, entering)).toMatchObject({ response: accepted, path: '/there' });
  expect(commandRoute(deps, entering).outcome).toBe(enterQueue.result);
  expect(commandRoute(deps, { ...entering, outcome: queueEntry }).outcome).toBe(queueEntry);
});

test('a route whose path and body are not the input says how it is made', () => {
  const body = z.object({ gate: z.string() });
  // @ts-expect-error the schedule is missing
  const lacking = commandRoute(deps, { ...described, body, command: checkIn });
  const whole = commandRoute(deps, {
    ...described,
    body,
    command: checkIn,
    inputOf: (request) => ({ ...request.params, ...request.body, scheduleId: 1 }),
  });
  expect([lacking, whole].map(({ outcome }) => outcome)).toEqual([checkIn.result, checkIn.result]);
});
