/** What TypeScript refuses of handlers. The type check fails as soon as it accepts one of these. */
import { expect, test } from 'vitest';
import type { enterQueue } from '../../../../src/commands/queue/enter-queue.ts';
import type { leaveQueue } from '../../../../src/commands/queue/leave-queue.ts';
import type { openGate } from '../../../../src/commands/tickets/open-gate.ts';
import { type HandlerOf, succeeded } from '../../../../workers/handlers/handler.ts';
import { handlerNamed, handlers } from '../../../../workers/handlers/index.ts';

const needs = () => ({});
const gate = { scheduleId: 1, gate: 'North 2' };

test('a handler returns what its command declares, and nothing else', () => {
  const whole: HandlerOf<typeof openGate> = { needs, apply: () => succeeded(gate) };
  const lacking: HandlerOf<typeof openGate> = {
    needs,
    // @ts-expect-error the gate is missing
    apply: () => succeeded({ scheduleId: 1 }),
  };
  const longer: HandlerOf<typeof openGate> = {
    needs,
    // @ts-expect-error the command declares no token
    apply: () => succeeded({ scheduleId: 1, gate: 'North 2', accessToken: 'a' }),
  };
  expect([whole, lacking, longer]).toHaveLength(3);
});

test('a handler reads no field that the input of its command lacks', () => {
  const handler: HandlerOf<typeof openGate> = {
    // @ts-expect-error a gate has no seat
    needs: ({ seatId }) => ({ seatIds: [seatId] }),
    apply: () => succeeded(gate),
  };
  expect(handler).toBeDefined();
});

test('a handler cannot stand under the name of another command with the same input and result', () => {
  const entering: HandlerOf<typeof enterQueue> = handlers['enter-queue'];
  // @ts-expect-error it is the handler of another command
  const leaving: HandlerOf<typeof leaveQueue> = handlers['enter-queue'];
  expect(leaving).toBe(entering);
});

test('the handler of a command is found by its name', () => {
  expect(handlerNamed(handlers, 'enter-queue')).toBe(handlers['enter-queue']);
  expect(handlerNamed(handlers, 'of-a-newer-version')).toBeUndefined();
});
