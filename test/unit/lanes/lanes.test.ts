/** From a key to its lane. */
import { describe, expect, test } from 'vitest';
import { laneCount, laneNames, laneOf } from '../../../src/lanes/lanes.ts';

const counts = { seatLanes: 8, userLanes: 8 };

test.each([
  ['seat', '1', 'seat-3'],
  ['seat', '7', 'seat-5'],
  ['seat', '50000', 'seat-5'],
  ['user', 'ada', 'user-4'],
  ['user', 'ünïcødé', 'user-0'],
] as const)(
  'the %s %s meets the same lane in every process and every version: %s',
  (kind, key, lane) => expect(laneOf({ kind, key }, counts)).toBe(lane),
);

describe.each(['seat', 'user'] as const)('ten thousand keys of the %s lanes', (kind) => {
  test.each([2, 7, 8, 64])('are spread evenly over %i lanes', (lanes) => {
    const keys = Array.from({ length: 10_000 }, (_, key) => `${key}`);
    const names = keys.map((key) => laneOf({ kind, key }, { seatLanes: lanes, userLanes: lanes }));
    const groups = Map.groupBy(names, (name) => name);
    expect([...groups.keys()].toSorted()).toEqual(
      Array.from({ length: lanes }, (_, number) => `${kind}-${number}`).toSorted(),
    );
    const fair = keys.length / lanes;
    // Five standard deviations: a hash that prefers some lanes deviates far more.
    const tolerance = 5 * Math.sqrt(fair);
    for (const { length } of groups.values()) {
      expect(Math.abs(length - fair)).toBeLessThan(tolerance);
    }
  });
});

test('the lane counts of the two kinds are independent', () => {
  const uneven = { seatLanes: 3, userLanes: 1 };
  expect(laneCount('seat', uneven)).toBe(3);
  expect(laneCount('user', uneven)).toBe(1);
  expect(laneOf({ kind: 'user', key: 'ada' }, uneven)).toBe('user-0');
});

test('all lanes are named in order, seats first', () => {
  expect(laneNames({ seatLanes: 2, userLanes: 1 })).toEqual(['seat-0', 'seat-1', 'user-0']);
});

test('lanes can be listed for one kind', () => {
  const users = laneNames(counts, ['user']);
  expect(users).toHaveLength(8);
  for (const lane of users) expect(lane).toMatch(/^user-[0-7]$/);
});
