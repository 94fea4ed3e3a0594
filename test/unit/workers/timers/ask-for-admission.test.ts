/** When an admission is asked for: at once for newcomers, once for all places that become free together. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { COMMAND_FAILED, type Outcome } from '../../../../src/commands/command.ts';
import { AdmissionRequests } from '../../../../workers/timers/ask-for-admission.ts';

let asked: number;
let requests: AdmissionRequests;

beforeEach(() => {
  vi.useFakeTimers();
  asked = 0;
  requests = new AdmissionRequests(() => {
    asked += 1;
  });
});
afterEach(() => vi.useRealTimers());

const done = (name: string, outcome: Outcome = { state: 'succeeded', result: {} }) => ({
  ...{ jobId: 'user-0_1', name, subject: 'ada', acceptedAt: 1, finishedAt: 2, outcome },
});

test('who enters is not kept waiting', () => {
  requests.hear([done('charge-points'), done('enter-queue')]);
  expect(asked).toBe(1);
});

test('places that become free within a moment are asked for together', () => {
  requests.hear([done('pay-booking')]);
  requests.hear([done('leave-queue')]);
  expect(asked).toBe(0);
  vi.runAllTimers();
  expect(asked).toBe(1);
  requests.hear([done('pay-booking')]);
  vi.runAllTimers();
  expect(asked).toBe(2);
});

test('a newcomer asks for the places that became free, too', () => {
  requests.hear([done('pay-booking')]);
  requests.hear([done('enter-queue')]);
  vi.runAllTimers();
  expect(asked).toBe(1);
});

test('what was refused, and what concerns no place, asks for nothing', () => {
  requests.hear([done('enter-queue', COMMAND_FAILED), done('pay-booking', COMMAND_FAILED)]);
  requests.hear([done('book-seat')]);
  vi.runAllTimers();
  expect(asked).toBe(0);
});

test('whoever stops asks no more', () => {
  requests.hear([done('pay-booking')]);
  requests.stop();
  vi.runAllTimers();
  expect(asked).toBe(0);
});
