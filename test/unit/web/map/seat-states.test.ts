/** The states of seats as numeric codes. */
import { expect, test, vi } from 'vitest';
import type { Seat } from '../../../../src/commands/schemas/resources.ts';
import { BLOCKED, SeatStates } from '../../../../src/web/map/seat-states.ts';

const seats = [7, 8, 9].map(
  (id): Seat => ({ id, section: null, row: 'A', number: id, price: 1, state: 'available' }),
);

test('listeners receive the indexes of seats whose state has really changed', () => {
  const states = new SeatStates(seats);
  const listener = vi.fn();
  const stop = states.subscribe(listener);
  states.change([
    { seatId: 8, state: 'held' },
    { seatId: 9, state: 'available' },
    { seatId: 1000, state: 'sold' },
  ]);
  expect(listener.mock.calls).toEqual([[[1]]]);
  expect([...states.codes]).toEqual([0, 1, 0]);
  states.change([
    { seatId: 7, state: 'held' },
    { seatId: 8, state: 'sold' },
  ]);
  expect(listener.mock.calls.at(-1)).toEqual([[0, 1]]);
  states.change([{ seatId: 7, state: 'held', isBlocked: true }]);
  expect(listener.mock.calls.at(-1)).toEqual([[0]]);
  expect([...states.codes]).toEqual([BLOCKED, 2, 0]);
  expect(states.firstFree).toBe(2);
  stop();
  states.change([{ seatId: 7, state: 'available' }]);
  expect(listener).toHaveBeenCalledTimes(3);
});
