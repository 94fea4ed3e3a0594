/** The input of the commands that block and release seats. */
import { describe, expect, test } from 'vitest';
import { blockSeats } from '../../../../src/commands/operators/block-seats.ts';
import { releaseSeats } from '../../../../src/commands/operators/release-seats.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const blocks = (input: object) =>
  blockSeats.input.safeParse({ seatIds: [1], reason: 'camera', ...input }).success;
const releases = (input: object) => releaseSeats.input.safeParse(input).success;

describe.each([
  ['blocked', blocks],
  ['released', releases],
])('the list of seats to be %s', (_what, accepts) => {
  test('has 1 to 1000 ids', () => {
    expect(accepts({ seatIds: [] })).toBe(false);
    expect(accepts({ seatIds: upTo(1000) })).toBe(true);
    expect(accepts({ seatIds: upTo(1001) })).toBe(false);
  });

  test('must not name a seat twice', () => {
    expect(accepts({ seatIds: [7, 8, 7] })).toBe(false);
  });

  test.each([[[0]], [[-7]], [[2 ** 53]], [['7']], [7]])('cannot be %j', (seatIds) => {
    expect(accepts({ seatIds })).toBe(false);
  });
});

describe('the reason of a block', () => {
  test('is a line of 1 to 200 characters', () => {
    expect(blocks({ reason: 'x'.repeat(200) })).toBe(true);
    for (const reason of [undefined, null, '', '   ', 'x'.repeat(201), 'a\0b', 5]) {
      expect(blocks({ reason })).toBe(false);
    }
  });

  test('is not accepted when seats are released', () => {
    expect(releases({ seatIds: [1], reason: 'camera' })).toBe(false);
  });
});
