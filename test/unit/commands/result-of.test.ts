/** Results are read by the command that has declared them. */
import { expect, test } from 'vitest';
import { COMMAND_FAILED, type Outcome } from '../../../src/commands/command.ts';
import { chargePoints } from '../../../src/commands/points/charge-points.ts';
import { enterQueue } from '../../../src/commands/queue/enter-queue.ts';
import { resultOf } from '../../../src/commands/result-of.ts';

const charged: Outcome = { state: 'succeeded', result: { balance: 5 } };

test('the result of a command that has succeeded is the object of its outcome', () => {
  const result = resultOf(chargePoints, { name: 'charge-points', outcome: charged });
  expect(result).toBe(charged.result);
  const balance: number | undefined = result?.balance;
  expect(balance).toBe(5);
});

test('other commands, and outcomes without an effect, have no result', () => {
  expect(resultOf(chargePoints, { name: 'use-points', outcome: charged })).toBeUndefined();
  const failed = { name: 'charge-points', outcome: COMMAND_FAILED };
  expect(resultOf(chargePoints, failed)).toBeUndefined();
});

test('a field that receipts of older versions lack may be undefined', () => {
  const result = { number: 12, state: 'waiting', expiresAt: null };
  const entered = resultOf(enterQueue, {
    name: 'enter-queue',
    outcome: { state: 'succeeded', result },
  });
  // @ts-expect-error old receipts name no queue
  const queueId: number | null = entered ? entered.queueId : null;
  expect(queueId).toBeUndefined();
  expect(entered?.number).toBe(12);
});
