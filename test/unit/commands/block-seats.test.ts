/** The seats that operators take off the sale, or put back. */
import { describe, expect, test } from 'vitest';
import { blockSeats, releaseSeats } from '../../../src/commands/block-seats.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const blocks = (input: object) =>
  blockSeats.input.safeParse({ seatIds: [1], reason: 'camera', ...input }).success;
const releases = (input: object) => releaseSeats.input.safeParse(input).success;

describe.each([
  ['blocked', blocks],
  ['released', releases],
])('the seats that are %s', (_what, accepts) => {
  test('are one to a thousand', () => {
    expect(accepts({ seatIds: [] })).toBe(false);
    expect(accepts({ seatIds: upTo(1000) })).toBe(true);
    expect(accepts({ seatIds: upTo(1001) })).toBe(false);
  });

  test('are named once each', () => {
    expect(accepts({ seatIds: [7, 8, 7] })).toBe(false);
  });

  test.each([[[0]], [[-7]], [[2 ** 53]], [['7']], [7]])('are ids, and not %j', (seatIds) => {
    expect(accepts({ seatIds })).toBe(false);
  });
});

describe('the reason of a block', () => {
  test('is a line of 200 characters at most', () => {
    expect(blocks({ reason: 'x'.repeat(200) })).toBe(true);
    for (const reason of [undefined, null, '', '   ', 'x'.repeat(201), 'a\0b', 5]) {
      expect(blocks({ reason })).toBe(false);
    }
  });

  test('has no place where seats are released', () => {
    expect(releases({ seatIds: [1], reason: 'camera' })).toBe(false);
  });
});
