/** What a message about a command says. */
import { expect, test } from 'vitest';
import type { FinishedCommand } from '../../../../../workers/batch/batch.ts';
import { outcomeMessage } from '../../../../../workers/outbox/webhooks/messages.ts';

const finished: FinishedCommand = {
  jobId: 'user-0_x',
  name: 'charge-points',
  subject: 'ada',
  outcome: { state: 'succeeded', result: { balance: 5 } },
  acceptedAt: 3,
  finishedAt: 2,
};

const saidOf = (command: FinishedCommand) => JSON.parse(outcomeMessage(command).body);

test('a message tells when its command was accepted and finished', () => {
  expect(saidOf({ ...finished, acceptedAt: 1 })).toMatchObject({
    timestamp: '1970-01-01T00:00:00.002Z',
    data: { createdAt: '1970-01-01T00:00:00.001Z', finishedAt: '1970-01-01T00:00:00.002Z' },
  });
});

test('a repeated message of a command that was accepted again is the same', () => {
  const again = outcomeMessage({ ...finished, firstAcceptedAt: 1 });
  expect(again).toEqual(outcomeMessage({ ...finished, acceptedAt: 1 }));
});
