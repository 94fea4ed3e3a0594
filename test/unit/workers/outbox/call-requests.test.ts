/** Calls are offered at once after the batches that owe them. */
import { pino } from 'pino';
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
const log = pino({ level: 'silent' });
const callingCommands = new Set(['start-checkout']);
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('only a command that may owe a call and has succeeded causes an offer', () => {
  let offers = 0;
  const requests = new CallRequests({ offerDue: async () => (offers += 1), callingCommands, log });
  requests.onFinished([done('pay-order'), done('start-checkout', COMMAND_FAILED)]);
  expect(offers).toBe(0);
  requests.onFinished([done('pay-order'), done('start-checkout')]);
  expect(offers).toBe(1);
});

test('batches during an offer cause one further offer', async () => {
  const offers: PromiseWithResolvers<void>[] = [];
  const requests = new CallRequests({
    offerDue() {
      const offer = Promise.withResolvers<void>();
      offers.push(offer);
      return offer.promise;
    },
    callingCommands,
    log,
  });
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
  const closing = requests.close();
  offers[2]?.resolve();
  await closing;
  expect(offers).toHaveLength(3);
  requests.onFinished([done('start-checkout')]);
  await requests.offerNow();
  expect(offers).toHaveLength(3);
});

test('a stop is told to the run in flight, and waits for its end', async () => {
  const offer = Promise.withResolvers<void>();
  let signal: AbortSignal | undefined;
  const offerDue = (given: AbortSignal) => {
    signal = given;
    return offer.promise;
  };
  const requests = new CallRequests({ offerDue, callingCommands, log });
  requests.onFinished([done('start-checkout')]);
  expect(signal?.aborted).toBe(false);
  let isClosed = false;
  const closing = requests.close().then(() => (isClosed = true));
  expect(signal?.aborted).toBe(true);
  await turn();
  expect(isClosed).toBe(false);
  offer.reject(new Error('PostgreSQL is away.'));
  await closing;
});

test('the timer’s run does nothing while one is in flight, and fails with its own error', async () => {
  const offers: PromiseWithResolvers<void>[] = [];
  const offerDue = () => {
    const offer = Promise.withResolvers<void>();
    offers.push(offer);
    return offer.promise;
  };
  const requests = new CallRequests({ offerDue, callingCommands, log });
  const first = requests.offerNow();
  await requests.offerNow();
  expect(offers).toHaveLength(1);
  const failed = expect(first).rejects.toThrow('Redis is away.');
  offers[0]?.reject(new Error('Redis is away.'));
  await failed;
  const next = requests.offerNow();
  offers[1]?.resolve();
  await next;
  expect(offers).toHaveLength(2);
});
