/** What is new in what a client is told of seats. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeatStates } from '../../../src/client/seat-states.ts';
import { packStates, STATE_NAMES } from '../../../src/http/seat-maps/seat-states.ts';

test('what the API packs is unpacked as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'h', 's')), (letters) => {
      const ids = letters.map((_, place) => 100 + place);
      const told = new SeatStates(ids).reset(packStates(letters.join('')));
      expect(told).toEqual(
        letters.map((letter, place) => ({ seatId: 100 + place, state: STATE_NAMES[letter] })),
      );
    }),
  );
});

test('nothing is told twice', () => {
  const states = new SeatStates([7, 8, 9]);
  expect(states.reset(packStates('aha'))).toHaveLength(3);
  expect(
    states.change([
      [8, 'held'],
      [9, 'sold'],
    ]),
  ).toEqual([{ seatId: 9, state: 'sold' }]);
  expect(states.reset(packStates('ahs'))).toEqual([]);
  expect(states.reset(packStates('aas'))).toEqual([{ seatId: 8, state: 'available' }]);
});
