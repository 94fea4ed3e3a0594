/** Calls are offered at once after the batches that owe them. */
import { expect, test } from 'vitest';
import { COMMAND_FAILED, type Outcome } from '../../../../src/commands/command.ts';
import { CallRequests } from '../../../../workers/outbox/call-requests.ts';

const done = (name: string, outcome: Outcome = { state: 'succeeded', result: {} }) => ({
  jobId: 'user-0_1',
  name,
  subject: 'ada',
  acceptedAt: 1,
  finishedAt: 2,
  outcome,
});
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('only a command that may owe a call and has succeeded causes an offer', () => {
  let offers = 0;
  const requests = new CallRequests(async () => (offers += 1), new Set(['start-checkout']));
  requests.onFinished([done('pay-order'), done('start-checkout', COMMAND_FAILED)]);
  expect(offers).toBe(0);
  requests.onFinished([done('pay-order'), done('start-checkout')]);
  expect(offers).toBe(1);
});

test('batches during an offer cause one further offer', async () => {
  const offers: PromiseWithResolvers<void>[] = [];
  const requests = new CallRequests(
    () => {
      const offer = Promise.withResolvers<void>();
      offers.push(offer);
      return offer.promise;
    },
    new Set(['start-checkout']),
  );
  for (let batch = 0; batch < 3; batch += 1) requests.onFinished([done('start-checkout')]);
  expect(offers).toHaveLength(1);
  offers[0]?.reject(new Error('PostgreSQL is away.'));
  await turn();
  expect(offers).toHaveLength(2);
  offers[1]?.resolve();
  await turn();
  expect(offers).toHaveLength(2);
  requests.onFinished([done('start-checkout')]);
  expect(offers).toHaveLength(3);
  requests.onFinished([done('start-checkout')]);
  requests.stop();
  offers[2]?.resolve();
  await turn();
  expect(offers).toHaveLength(3);
});
