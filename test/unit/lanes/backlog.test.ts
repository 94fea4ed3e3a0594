/** When a lane counts as full, and when a client should ask again. */
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { Backlog } from '../../../src/lanes/backlog.ts';
import { jobIdOf, mintReceiptId } from '../../../src/lanes/job-id.ts';
import type { PendingJobs } from '../../../src/lanes/lane-queue.ts';
import type { LaneName } from '../../../src/lanes/lanes.ts';

/** The number of pending jobs in each lane, or the error of the read. */
const lengths = new Map<LaneName, number | Error>();
/** When the oldest job of a lane was added; lanes without one are empty. */
const oldest = new Map<LaneName, number>();
const NOW = 1_800_000_000_000;

async function countPending(lane: LaneName): Promise<PendingJobs> {
  const waiting = lengths.get(lane) ?? 0;
  if (waiting instanceof Error) throw waiting;
  return { waiting, taken: 0, oldestAddedAt: oldest.get(lane) };
}

const lanes: LaneName[] = ['seat-0', 'seat-1', 'user-0'];

const LIMIT = 3;
let backlog: Backlog;

const jobOf = (lane: LaneName) => jobIdOf(lane, mintReceiptId(NOW));

/** Announces the outcome of a command. */
function finish(jobId: string): void {
  const outcome = { state: 'succeeded', result: {} } as const;
  backlog.onAnnouncements([
    { jobId, name: 'charge-points', outcome, acceptedAt: NOW, finishedAt: NOW },
  ]);
}

beforeEach(() => {
  lengths.clear();
  oldest.clear();
  backlog = new Backlog({ countPending }, lanes, { laneLimit: LIMIT, now: () => NOW });
});

test('a lane is full from its limit on, and the others are not', async () => {
  lengths.set('seat-1', LIMIT - 1);
  await backlog.refresh();
  expect(backlog.isFull('seat-1')).toBe(false);
  lengths.set('seat-1', LIMIT);
  await backlog.refresh();
  expect(lanes.filter((lane) => backlog.isFull(lane))).toEqual(['seat-1']);
});

test('commands added by this process count before the next read from Redis', () => {
  for (let added = 0; added < LIMIT; added += 1) backlog.noteAdding('user-0');
  expect(backlog.isFull('user-0')).toBe(true);
  backlog.noteNotAdded('user-0');
  expect(backlog.isFull('user-0')).toBe(false);
});

test('commands being added count in addition to those in Redis', async () => {
  for (let adding = 0; adding < LIMIT - 1; adding += 1) backlog.noteAdding('user-0');
  backlog.noteAdded('user-0', jobOf('user-0'));
  expect(backlog.isFull('user-0')).toBe(false);
  lengths.set('user-0', 2);
  await backlog.refresh();
  expect(backlog.isFull('user-0')).toBe(true);
});

test('commands added while Redis counts a lane are not lost from the count', async () => {
  lengths.set('user-0', LIMIT - 1);
  const counting = backlog.refresh();
  backlog.noteAdding('user-0');
  backlog.noteAdded('user-0', jobOf('user-0'));
  await counting;
  expect(backlog.isFull('user-0')).toBe(true);
  await backlog.refresh();
  expect(backlog.isFull('user-0')).toBe(false);
});

test('commands of one user, sent one after another, never fill a lane', () => {
  for (let sent = 0; sent < 3 * LIMIT; sent += 1) {
    expect(backlog.isFull('user-0')).toBe(false);
    const jobId = jobOf('user-0');
    backlog.noteAdding('user-0');
    backlog.noteAdded('user-0', jobId);
    finish(jobId);
  }
});

test('a command whose outcome arrives before the reply of Redis does not count', () => {
  for (let sent = 0; sent < 3 * LIMIT; sent += 1) {
    expect(backlog.isFull('user-0')).toBe(false);
    const jobId = jobOf('user-0');
    backlog.noteAdding('user-0');
    finish(jobId);
    backlog.noteAdded('user-0', jobId);
  }
});

test('an outcome of a command that the last read may not have counted frees nothing', async () => {
  lengths.set('user-0', LIMIT);
  const jobId = jobOf('user-0');
  backlog.noteAdding('user-0');
  backlog.noteAdded('user-0', jobId);
  await backlog.refresh();
  finish(jobId);
  finish(jobOf('user-0'));
  expect(backlog.isFull('user-0')).toBe(true);
});

test('a lane that was emptied accepts commands again', async () => {
  lengths.set('user-0', LIMIT);
  await backlog.refresh();
  lengths.set('user-0', 0);
  await backlog.refresh();
  expect(backlog.isFull('user-0')).toBe(false);
});

test('a failed read keeps the last length of its lane and updates the others', async () => {
  lengths.set('seat-0', LIMIT);
  await backlog.refresh();
  lengths.set('seat-0', new Error('Connection is closed.'));
  lengths.set('seat-1', LIMIT);
  await backlog.refresh();
  expect(lanes.filter((lane) => backlog.isFull(lane))).toEqual(['seat-0', 'seat-1']);
});

/** Reports an outcome of `seat-0` with this delay, in ms. */
function hearOutcome(delayMs: number): void {
  const jobId = jobIdOf('seat-0', mintReceiptId(1_700_000_000_000));
  const outcome = { state: 'succeeded', result: {} } as const;
  backlog.onAnnouncements([
    { jobId, name: 'book-seat', outcome, acceptedAt: 0, finishedAt: delayMs },
  ]);
}

test('Retry-After is at least one second', () => {
  expect(backlog.retryAfterSeconds('seat-0')).toBe(1);
  hearOutcome(3);
  expect(backlog.retryAfterSeconds('seat-0')).toBe(1);
});

test('an outcome that precedes its command by the clock has a delay of 0', () => {
  for (let outcome = 0; outcome < 500; outcome += 1) hearOutcome(4200);
  for (let outcome = 0; outcome < 20; outcome += 1) hearOutcome(-60_000);
  expect(backlog.retryAfterSeconds('seat-0')).toBe(2);
});

test('Retry-After grows with the delay of the lane', () => {
  for (let outcome = 0; outcome < 500; outcome += 1) hearOutcome(4200);
  expect(backlog.retryAfterSeconds('seat-0')).toBe(5);
  expect(backlog.retryAfterSeconds('seat-1')).toBe(1);
});

test('one late outcome hardly moves the delay', () => {
  for (let outcome = 0; outcome < 500; outcome += 1) hearOutcome(1000);
  hearOutcome(10_000);
  expect(backlog.retryAfterSeconds('seat-0')).toBe(2);
});

test('outcomes of unknown lanes are ignored', () => {
  const jobId = jobIdOf('seat-63', mintReceiptId(1_700_000_000_000));
  const outcome = { state: 'succeeded', result: {} } as const;
  backlog.onAnnouncements([{ jobId, name: 'book-seat', outcome, acceptedAt: 0, finishedAt: 9000 }]);
  expect(backlog.retryAfterSeconds('seat-0')).toBe(1);
});

test('an unknown lane is an error, not an empty lane', () => {
  expect(() => backlog.isFull('seat-63')).toThrow('Unknown lane seat-63.');
});

test('a lane whose commands get no outcome is stalled until one of them does, or it is empty', async () => {
  const stalledMs = () => new Map(backlog.entries()).get('seat-0')?.stalledMs ?? 0;
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  backlog = new Backlog({ countPending }, lanes, { laneLimit: LIMIT, now: () => NOW });
  oldest.set('seat-0', NOW - 60_000);
  vi.advanceTimersByTime(3000);
  await backlog.refresh();
  expect(stalledMs()).toBe(3000);
  hearOutcome(1);
  vi.advanceTimersByTime(500);
  await backlog.refresh();
  expect(stalledMs()).toBe(500);
  oldest.clear();
  vi.advanceTimersByTime(500);
  await backlog.refresh();
  expect(stalledMs()).toBe(0);
});
