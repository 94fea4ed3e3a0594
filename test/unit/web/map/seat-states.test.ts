/** The states of seats in the browser, as the API packs and changes them. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Seat } from '../../../../src/commands/resources.ts';
import { packStates } from '../../../../src/http/seat-maps/seat-states.ts';
import { SeatStates, unpackStates } from '../../../../src/web/map/seat-states.ts';

const CODES: Readonly<Record<string, number>> = { a: 0, h: 1, s: 2 };

test('what the API packs is unpacked as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'h', 's')), (states) => {
      const codes = [...unpackStates(packStates(states.join('')), states.length)];
      expect(codes).toEqual(states.map((state) => CODES[state]));
    }),
  );
});

const seats = [7, 8, 9].map(
  (id): Seat => ({ id, section: null, row: 'A', number: id, price: 1, state: 'available' }),
);

test('changes reach those who listen, by the places of the seats, and only real ones', () => {
  const states = new SeatStates(seats);
  const listener = vi.fn();
  const stop = states.listen(listener);
  states.change([
    [8, 'held'],
    [9, 'available'],
    [1000, 'sold'],
  ]);
  expect(listener.mock.calls).toEqual([[[1]]]);
  expect([...states.codes]).toEqual([0, 1, 0]);
  states.reset(packStates('hsa'));
  expect(listener.mock.calls.at(-1)).toEqual([[0, 1]]);
  expect(states.firstFree).toBe(2);
  stop();
  states.reset(packStates('aaa'));
  expect(listener).toHaveBeenCalledTimes(2);
});
