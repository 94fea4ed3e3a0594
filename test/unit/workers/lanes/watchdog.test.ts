/** Lanes that nobody consumes are found, and a process that was only frozen is left alone. */
import { expect, test } from 'vitest';
import type { LaneName } from '../../../../src/lanes/lanes.ts';
import { LaneWatchdog } from '../../../../workers/lanes/watchdog.ts';

/** When each lane was last looked at, and what has been restarted. */
function watchOver(polledAt: Partial<Record<LaneName, number>>) {
  const restarted: LaneName[][] = [];
  const watch = new LaneWatchdog({
    notPolledSince: (time) =>
      (Object.keys(polledAt) as LaneName[]).filter((lane) => (polledAt[lane] ?? 0) < time),
    restart: (lanes) => restarted.push([...lanes]),
  });
  return { watch, restarted };
}

test('a lane that nobody looks at is restarted at the second look, and the others are left alone', () => {
  const polledAt = { 'seat-0': 0, 'seat-1': 3000 } as const;
  const { watch, restarted } = watchOver(polledAt);
  watch.check(3000);
  expect(restarted).toEqual([]);
  watch.check(4000);
  expect(restarted).toEqual([['seat-0']]);
});

test('a lane that is looked at again after one late look is not restarted', () => {
  const polledAt: Partial<Record<LaneName, number>> = { 'seat-0': 0 };
  const { watch, restarted } = watchOver(polledAt);
  watch.check(60_000);
  polledAt['seat-0'] = 60_100;
  watch.check(61_000);
  expect(restarted).toEqual([]);
});

test('a lane that was restarted is given two more looks', () => {
  const { watch, restarted } = watchOver({ 'seat-0': 0 });
  for (const now of [3000, 4000, 5000, 6000]) watch.check(now);
  expect(restarted).toEqual([['seat-0'], ['seat-0']]);
});
