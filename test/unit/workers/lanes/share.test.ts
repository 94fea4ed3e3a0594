/** The fair share of lanes. */
import { describe, expect, test } from 'vitest';
import { shareOf } from '../../../../workers/lanes/share.ts';

const COUNTS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

describe.each([1, 8, 13, 64])('%i lanes', (lanes) => {
  test.each(COUNTS)('%i members share them all, one more or less', (count) => {
    const members = Array.from({ length: count }, (_, index) => 900 - index * 13);
    const shares = members.map((pid) => shareOf(pid, members, lanes));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(lanes);
    expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
  });
});

test('members agree on the shares, whatever the order of the list', () => {
  const members = [70, 9, 800, 31];
  for (const pid of members) {
    const share = shareOf(pid, members, 6);
    expect(shareOf(pid, members.toReversed(), 6)).toBe(share);
    expect(shareOf(pid, members.toSorted(), 6)).toBe(share);
  }
});

test('a single member owns all lanes', () => {
  expect(shareOf(1, [1], 8)).toBe(8);
});

test('a new member takes lanes from the others, and a leaving member returns its share', () => {
  expect(shareOf(1, [1, 2], 8)).toBe(4);
  expect(shareOf(1, [1, 2, 3], 8)).toBe(3);
  expect(shareOf(1, [1, 3], 8)).toBe(4);
});

test('a process that is not a member has no share', () => {
  expect(shareOf(1, [2, 3], 8)).toBe(0);
  expect(shareOf(1, [], 8)).toBe(0);
});

test('the list of members is not changed', () => {
  const members = [3, 1, 2];
  shareOf(1, members, 8);
  expect(members).toEqual([3, 1, 2]);
});
