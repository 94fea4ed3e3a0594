/** Stuck lanes are restarted; the lanes of a process that was only frozen for a moment are not. */
import { expect, test } from 'vitest';
import type { LaneName } from '../../../../src/lanes/lanes.ts';
import { LaneWatchdog } from '../../../../workers/lanes/watchdog.ts';

/** When each lane was last polled, and which lanes were restarted. */
function watchOver(polledAt: Partial<Record<LaneName, number>>) {
  const restarted: LaneName[][] = [];
  const watch = new LaneWatchdog({
    notPolledSince: (time) =>
      (Object.keys(polledAt) as LaneName[]).filter((lane) => (polledAt[lane] ?? 0) < time),
    restart: (lanes) => restarted.push([...lanes]),
  });
  return { watch, restarted };
}

test('a lane that is not polled is restarted at the second check, and other lanes are not', () => {
  const polledAt = { 'seat-0': 0, 'seat-1': 3000 } as const;
  const { watch, restarted } = watchOver(polledAt);
  watch.check(3000);
  expect(restarted).toEqual([]);
  watch.check(4000);
  expect(restarted).toEqual([['seat-0']]);
});

test('a lane that is polled again after one late poll is not restarted', () => {
  const polledAt: Partial<Record<LaneName, number>> = { 'seat-0': 0 };
  const { watch, restarted } = watchOver(polledAt);
  watch.check(60_000);
  polledAt['seat-0'] = 60_100;
  watch.check(61_000);
  expect(restarted).toEqual([]);
});

test('a restarted lane is only restarted again after two more checks', () => {
  const { watch, restarted } = watchOver({ 'seat-0': 0 });
  for (const now of [3000, 4000, 5000, 6000]) watch.check(now);
  expect(restarted).toEqual([['seat-0'], ['seat-0']]);
});
