/** How a wait for an outcome changes the deadline of its request. The tests set the clock. */
import type { Context } from 'hono';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ReceiptReader } from '../../../../src/db/reads/receipts.ts';
import { RequestOverdue, withinDeadline } from '../../../../src/http/deadline.ts';
import { Waits } from '../../../../src/http/jobs/waits.ts';
import { Outcomes } from '../../../../src/lanes/outcomes.ts';

const JOB = 'user-0-1';
const status = {
  jobId: JOB,
  command: 'charge-points',
  subject: 'ada',
  acceptedAt: new Date(0),
  isRunning: false,
};
const c = { req: { header: () => 'wait=20' } } as unknown as Context;
let outcomes: Outcomes;

beforeEach(() => {
  vi.useFakeTimers();
  const nothing = { find: async () => undefined };
  outcomes = new Outcomes(nothing, nothing as unknown as ReceiptReader);
});
afterEach(() => {
  outcomes.close();
  vi.useRealTimers();
});

/** A request that waits for an outcome and gets no response afterwards. */
function aRequestThatWaits() {
  const waits = new Waits(outcomes, { max: 1, perUser: 1 });
  const request = {};
  const seen: { isOver: boolean; error?: unknown } = { isOver: false };
  withinDeadline(request, async () => {
    const wait = waits.open(c, 'ada', request);
    wait.begin(JOB);
    await wait.statusOfNew(status);
    seen.isOver = true;
    return new Promise(() => undefined);
  }).catch((error) => {
    seen.error = error;
  });
  return seen;
}

test('a request has 5 s in addition to its requested wait', async () => {
  const seen = aRequestThatWaits();
  await vi.advanceTimersByTimeAsync(19_900);
  expect(seen).toEqual({ isOver: false });
  await vi.advanceTimersByTimeAsync(4900);
  expect(seen).toEqual({ isOver: true });
  await vi.advanceTimersByTimeAsync(300);
  expect(seen.error).toBeInstanceOf(RequestOverdue);
});

test('the unused rest of a wait does not extend the deadline', async () => {
  const seen = aRequestThatWaits();
  await vi.advanceTimersByTimeAsync(2000);
  outcomes.stopWaiting();
  await vi.advanceTimersByTimeAsync(4800);
  expect(seen).toEqual({ isOver: true });
  await vi.advanceTimersByTimeAsync(400);
  expect(seen.error).toBeInstanceOf(RequestOverdue);
});
