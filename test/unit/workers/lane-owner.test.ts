/** The fair share of lanes. */
import { expect, test } from 'vitest';
import { shareOf } from '../../../workers/lane-owner.ts';

test.each([1, 2, 3, 4, 5, 7, 8, 9, 16])(
  '%i members share eight lanes, one more or less',
  (count) => {
    const members = Array.from({ length: count }, (_, index) => 900 - index * 13);
    const shares = members.map((pid) => shareOf(pid, members, 8));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(8);
    expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
  },
);

test('who is not a member has no share', () => {
  expect(shareOf(1, [2, 3], 8)).toBe(0);
});
