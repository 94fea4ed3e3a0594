/** Runs of timers: one at a time each, but for a run that hangs. */
import { afterEach, expect, test, vi } from 'vitest';
import { ScheduledRuns } from '../../../../workers/timers/scheduled-runs.ts';

afterEach(() => {
  vi.useRealTimers();
});

const nothing = async () => undefined;
const forever = () => new Promise<void>(() => undefined);

test('a timer whose run is in flight does not run again, and others do', async () => {
  const runs = new ScheduledRuns();
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = runs.run('slow', () => promise);
  expect(await runs.run('slow', nothing)).toBe(false);
  expect(await runs.run('other', nothing)).toBe(true);
  resolve();
  expect(await first).toBe(true);
  expect(await runs.run('slow', nothing)).toBe(true);
});

test('a run that fails lets the next one begin', async () => {
  const runs = new ScheduledRuns();
  const failing = runs.run('slow', () => Promise.reject(new Error('PostgreSQL is away.')));
  await expect(failing).rejects.toThrow('PostgreSQL is away.');
  expect(await runs.run('slow', nothing)).toBe(true);
});

test('a run that hangs keeps the next ones back for a minute at most', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const runs = new ScheduledRuns();
  void runs.run('slow', forever);
  vi.advanceTimersByTime(59_000);
  expect(await runs.run('slow', nothing)).toBe(false);
  vi.advanceTimersByTime(2000);
  void runs.run('slow', forever);
  expect(await runs.run('slow', nothing)).toBe(false);
});
