/** Seat states, packed and compared. */
import { expect, test } from 'vitest';
import { changesBetween, packStates } from '../../../../src/http/seat-maps/seat-states.ts';

test('a seat takes two bits, and the first seat has the lowest bits', () => {
  expect([...Buffer.from(packStates('ahsa' + 's'), 'base64')]).toEqual([0b00_10_01_00, 0b10]);
  expect([...Buffer.from(packStates('bab'), 'base64')]).toEqual([0b00_11_00_11]);
  expect(packStates('')).toBe('');
});

test('changes contain exactly the seats that differ', () => {
  expect(changesBetween('aahs', 'ahha', [5, 6, 7, 8])).toEqual([
    [6, 'held'],
    [8, 'available'],
  ]);
  expect(changesBetween('ahb', 'bbh', [5, 6, 7])).toEqual([
    [5, 'held', true],
    [6, 'held', true],
    [7, 'held'],
  ]);
  expect(changesBetween('aa', 'aa', [1, 2])).toEqual([]);
});
