/** Lanes that nobody consumes are found, and a process that was only frozen is left alone. */
import { expect, test } from 'vitest';
import type { LaneName } from '../../../src/lanes/lanes.ts';
import { LaneWatch } from '../../../workers/lane-watch.ts';

/** When each lane was last looked at, and what has been mended. */
function watchOver(lookedAt: Partial<Record<LaneName, number>>) {
  const mended: LaneName[][] = [];
  const watch = new LaneWatch({
    notLookedAtSince: (time) =>
      (Object.keys(lookedAt) as LaneName[]).filter((lane) => (lookedAt[lane] ?? 0) < time),
    mend: (lanes) => mended.push([...lanes]),
  });
  return { watch, mended };
}

test('a lane that nobody looks at is mended at the second look, and the others are left alone', () => {
  const lookedAt = { 'seat-0': 0, 'seat-1': 3000 } as const;
  const { watch, mended } = watchOver(lookedAt);
  watch.look(3000);
  expect(mended).toEqual([]);
  watch.look(4000);
  expect(mended).toEqual([['seat-0']]);
});

test('a lane that is looked at again after one late look is not mended', () => {
  const lookedAt: Partial<Record<LaneName, number>> = { 'seat-0': 0 };
  const { watch, mended } = watchOver(lookedAt);
  watch.look(60_000);
  lookedAt['seat-0'] = 60_100;
  watch.look(61_000);
  expect(mended).toEqual([]);
});

test('a lane that was mended is given two more looks', () => {
  const { watch, mended } = watchOver({ 'seat-0': 0 });
  for (const now of [3000, 4000, 5000, 6000]) watch.look(now);
  expect(mended).toEqual([['seat-0'], ['seat-0']]);
});
