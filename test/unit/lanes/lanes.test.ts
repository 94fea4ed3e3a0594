/** From a key to its lane. */
import { expect, test } from 'vitest';
import { laneNames, laneOf } from '../../../src/lanes/lanes.ts';

const counts = { seatLanes: 8, userLanes: 8 };

test('a key meets the same lane in every process and every version', () => {
  const lanes = ['1', '7', '50000'].map((key) => laneOf({ kind: 'seat', key }, counts));
  expect(lanes).toEqual(['seat-3', 'seat-5', 'seat-5']);
  expect(laneOf({ kind: 'user', key: 'ada' }, counts)).toBe('user-4');
});

test('ten thousand keys spread evenly over the lanes', () => {
  const lanes = Array.from({ length: 10_000 }, (_, key) =>
    laneOf({ kind: 'seat', key: `${key}` }, counts),
  );
  const sizes = [...Map.groupBy(lanes, (lane) => lane).values()].map((group) => group.length);
  expect(sizes).toHaveLength(8);
  for (const size of sizes) expect(Math.abs(size - 1250)).toBeLessThan(150);
});

test('all lanes are named, seats first', () => {
  expect(laneNames({ seatLanes: 2, userLanes: 1 })).toEqual(['seat-0', 'seat-1', 'user-0']);
  expect(laneNames(counts, ['user'])).toHaveLength(8);
});
