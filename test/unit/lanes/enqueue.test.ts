/** What counts against a lane's limit while a command is being added, and when that fails. */
import { expect, test } from 'vitest';
import { chargePoints } from '../../../src/commands/points/charge-points.ts';
import { AcceptanceUnknown } from '../../../src/lanes/acceptance-unknown.ts';
import { Backlog } from '../../../src/lanes/backlog.ts';
import { type EnqueueDeps, enqueue } from '../../../src/lanes/enqueue.ts';

/** Adds a command to a lane for one command; the connection breaks. @returns the error, and whether the lane is full */
async function addOverBrokenConnection({ mayHaveAdded }: { mayHaveAdded: boolean }) {
  const producer = {
    add: () => Promise.reject(new Error('Connection is closed.')),
    mayHaveAdded: () => mayHaveAdded,
    countPending: async () => ({ waiting: 0, taken: 0, oldestAddedAt: undefined }),
  };
  const backlog = new Backlog(producer, ['user-0'], { laneLimit: 1, now: () => 0 });
  const settings = { seatLanes: 1, userLanes: 1 };
  const deps = { backlog, producer, settings } as unknown as EnqueueDeps;
  const input = { amount: 1 };
  const request = { command: chargePoints, input, subject: 'anna', acceptedAt: 0 };
  const error = await enqueue(deps, { ...request, idempotencyKey: undefined } as never).catch(
    (caught: unknown) => caught,
  );
  return { error, isFull: backlog.isFull('user-0') };
}

test('a command that may have been added counts, because it may be in the lane', async () => {
  const { error, isFull } = await addOverBrokenConnection({ mayHaveAdded: true });
  expect(error).toBeInstanceOf(AcceptanceUnknown);
  expect(isFull).toBe(true);
});

test('a command that was not added does not count', async () => {
  const { error, isFull } = await addOverBrokenConnection({ mayHaveAdded: false });
  expect(error).toEqual(new Error('Connection is closed.'));
  expect(isFull).toBe(false);
});

test('a command whose request gives up before it is added does not count', async () => {
  const producer = { countPending: async () => ({ waiting: 0, taken: 0 }) };
  const backlog = new Backlog(producer as never, ['user-0'], { laneLimit: 1, now: () => 0 });
  const settings = { seatLanes: 1, userLanes: 1 };
  const beforeAdd = () => {
    throw new Error('The request is overdue.');
  };
  const request = { command: chargePoints, input: { amount: 1 }, subject: 'anna', beforeAdd };
  const deps = { backlog, producer, settings } as unknown as EnqueueDeps;
  await expect(enqueue(deps, { ...request, acceptedAt: 0 } as never)).rejects.toThrow('overdue');
  expect(backlog.isFull('user-0')).toBe(false);
});

test('commands with keys count before their keys are looked up, so that together they stay within the limit', async () => {
  const producer = {
    add: async () => [],
    mayHaveAdded: () => false,
    countPending: async () => ({ waiting: 0, taken: 0, oldestAddedAt: undefined }),
    find: async () => undefined,
  };
  const keys = { remember: async () => undefined, find: async () => undefined };
  const receipts = { find: async () => undefined };
  const backlog = new Backlog(producer, ['user-0'], { laneLimit: 3, now: () => 0 });
  const settings = { seatLanes: 1, userLanes: 1 };
  const deps = { backlog, producer, keys, receipts, settings } as unknown as EnqueueDeps;
  const request = { command: chargePoints, input: { amount: 1 }, subject: 'anna', acceptedAt: 0 };
  const answers = await Promise.all(
    ['a', 'b', 'c', 'd', 'e'].map((idempotencyKey) =>
      enqueue(deps, { ...request, idempotencyKey, isRetryOnly: false } as never),
    ),
  );
  expect(answers.filter((answer) => 'isNew' in answer)).toHaveLength(3);
  expect(answers.filter((answer) => 'laneFull' in answer)).toHaveLength(2);
});
