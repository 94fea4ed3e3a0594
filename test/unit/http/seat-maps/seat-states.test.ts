/** Seat states, packed and compared. */
import { expect, test } from 'vitest';
import { changesBetween, packStates } from '../../../../src/http/seat-maps/seat-states.ts';

test('a seat takes two bits, and the first seat has the lowest bits', () => {
  expect([...Buffer.from(packStates('ahsa' + 's'), 'base64')]).toEqual([0b00_10_01_00, 0b10]);
  expect(packStates('')).toBe('');
});

test('changes contain exactly the seats that differ', () => {
  expect(changesBetween('aahs', 'ahha', [5, 6, 7, 8])).toEqual([
    [6, 'held'],
    [8, 'available'],
  ]);
  expect(changesBetween('aa', 'aa', [1, 2])).toEqual([]);
});
