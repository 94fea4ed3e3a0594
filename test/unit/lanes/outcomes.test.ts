/** Waits for outcomes whose announcements were lost: each one is read again until it is known, a few at a time. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ReceiptReader } from '../../../src/db/reads/receipts.ts';
import type { CommandStatus } from '../../../src/lanes/command-status.ts';
import { jobIdOf, mintReceiptId } from '../../../src/lanes/job-id.ts';
import { Outcomes } from '../../../src/lanes/outcomes.ts';

const CALLERS = 1000;
/** A turn, and how many outcomes it reads at most. */
const [TURN_MS, TURN_READS] = [50, 100];
const PATIENCE_MS = 30_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const succeeded = (jobId: string): CommandStatus => ({
  jobId,
  command: 'charge-points',
  subject: 'ada',
  acceptedAt: new Date(0),
  isRunning: false,
  finished: { outcome: { state: 'succeeded', result: { jobId } }, finishedAt: 1 },
});

test('each of 1,000 callers that wait while Redis restarts gets its outcome, without an announcement', async () => {
  const redis = { isAway: true, areFirstPending: true, reads: 0 };
  const find = async (_lane: string, jobId: string) => {
    redis.reads += 1;
    if (redis.isAway) throw new Error('Redis is away');
    const isPending = redis.areFirstPending && first.has(jobId);
    const { finished: _, ...pending } = succeeded(jobId);
    return isPending ? pending : succeeded(jobId);
  };
  const receipts = { find: async () => undefined } as unknown as ReceiptReader;
  const outcomes = new Outcomes({ find }, receipts);
  const jobIds = Array.from({ length: CALLERS }, () =>
    jobIdOf('user-0', mintReceiptId(Date.now())),
  );
  const first = new Set(jobIds.slice(0, TURN_READS));
  const waits = jobIds.map((jobId) => outcomes.wait(jobId, PATIENCE_MS).outcome);
  const turns = async (count: number) => {
    for (let turn = 0; turn < count; turn += 1) {
      const before = redis.reads;
      await vi.advanceTimersByTimeAsync(TURN_MS);
      expect(redis.reads - before).toBeLessThanOrEqual(TURN_READS);
    }
  };
  // Each outcome is read in vain more than once.
  await turns(80);
  expect(redis.reads).toBeGreaterThan(2 * CALLERS);
  expect(outcomes.waiting).toBe(CALLERS);
  redis.isAway = false;
  await turns(40);
  expect(outcomes.waiting, 'those of the first turn are pending, and delay no others').toBe(
    TURN_READS,
  );
  redis.areFirstPending = false;
  await turns(40);
  expect(outcomes.waiting).toBe(0);
  expect(await Promise.all(waits)).toEqual(jobIds.map((jobId) => succeeded(jobId).finished));
  outcomes.close();
});
