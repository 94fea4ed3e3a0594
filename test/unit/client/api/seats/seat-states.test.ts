/** Filtering messages about seats down to actual changes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeatStates } from '../../../../../src/client/api/seats/seat-states.ts';
import { packStates, STATE_NAMES } from '../../../../../src/http/seat-maps/seat-states.ts';

test('states that the API packs are unpacked unchanged', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'h', 's', 'b')), (letters) => {
      const ids = letters.map((_, index) => 100 + index);
      const changes = new SeatStates(ids).reset(packStates(letters.join('')));
      expect(changes).toEqual(
        letters.map((letter, index) => ({
          seatId: 100 + index,
          state: STATE_NAMES[letter],
          ...(letter === 'b' && { isBlocked: true }),
        })),
      );
    }),
  );
});

test('a state that is already known is not a change', () => {
  const states = new SeatStates([7, 8, 9]);
  expect(states.reset(packStates('aha'))).toHaveLength(3);
  expect(
    states.change([
      [8, 'held'],
      [9, 'sold'],
    ]),
  ).toEqual([{ seatId: 9, state: 'sold' }]);
  expect(states.reset(packStates('ahs'))).toEqual([]);
  expect(states.reset(packStates('abs'))).toEqual([{ seatId: 8, state: 'held', isBlocked: true }]);
  expect(states.change([[8, 'held', true]])).toEqual([]);
  expect(states.change([[8, 'held']])).toEqual([{ seatId: 8, state: 'held' }]);
  expect(states.reset(packStates('aas'))).toEqual([{ seatId: 8, state: 'available' }]);
});
