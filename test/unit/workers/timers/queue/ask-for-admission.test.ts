/** When an admission is requested: immediately for new entries, once for all slots that become free together. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { COMMAND_FAILED, type Outcome } from '../../../../../src/commands/command.ts';
import { AdmissionRequests } from '../../../../../workers/timers/queue/ask-for-admission.ts';

let asked: number;
let named: readonly number[];
let requests: AdmissionRequests;

beforeEach(() => {
  vi.useFakeTimers();
  asked = 0;
  requests = new AdmissionRequests((queueIds) => {
    named = queueIds;
    asked += 1;
  });
});
afterEach(() => vi.useRealTimers());

const done = (name: string, outcome: Outcome = { state: 'succeeded', result: {} }) => ({
  jobId: 'user-0_1',
  name,
  subject: 'ada',
  acceptedAt: 1,
  finishedAt: 2,
  outcome,
});

test('a user who enters causes an immediate request', () => {
  requests.onFinished([done('charge-points'), done('enter-queue')]);
  expect(asked).toBe(1);
});

test('slots that become free together cause one request', () => {
  requests.onFinished([done('pay-booking')]);
  requests.onFinished([done('leave-queue')]);
  expect(asked).toBe(0);
  vi.runAllTimers();
  expect(asked).toBe(1);
  requests.onFinished([done('pay-booking')]);
  vi.runAllTimers();
  expect(asked).toBe(2);
});

test('a request for a new entry covers the slots that became free before', () => {
  requests.onFinished([done('pay-booking')]);
  requests.onFinished([done('enter-queue')]);
  vi.runAllTimers();
  expect(asked).toBe(1);
});

test('a request names the queues of all commands since the last one', () => {
  const result = (queueId: number): Outcome => ({ state: 'succeeded', result: { queueId } });
  requests.onFinished([
    done('pay-order', { state: 'succeeded', result: { order: { queueId: 2 }, balance: 0 } }),
    { ...done('pay-booking'), entryId: 2 ** 37 + 1 },
    done('leave-queue', result(2)),
  ]);
  requests.onFinished([done('enter-queue', result(4)), done('enter-queue')]);
  expect(named).toEqual([2, 3, 4, 1]);
  requests.onFinished([done('enter-queue', result(4))]);
  expect(named).toEqual([4]);
});

test('a card payment frees a slot of the queue of its order, if it has paid that', () => {
  const settled = (order: object | null): Outcome => {
    return { state: 'succeeded', result: { checkout: {}, order } };
  };
  requests.onFinished([done('settle-checkout', settled(null))]);
  vi.runAllTimers();
  expect(asked).toBe(0);
  requests.onFinished([done('settle-checkout', settled({ id: 9, queueId: 3 }))]);
  vi.runAllTimers();
  expect([asked, named]).toEqual([1, [3]]);
});

test('refused and unrelated commands cause no request', () => {
  requests.onFinished([done('enter-queue', COMMAND_FAILED), done('pay-booking', COMMAND_FAILED)]);
  requests.onFinished([done('book-seat')]);
  vi.runAllTimers();
  expect(asked).toBe(0);
});

test('no request follows a stop', () => {
  requests.onFinished([done('pay-booking')]);
  requests.stop();
  vi.runAllTimers();
  expect(asked).toBe(0);
});
