/** Seats are chosen side by side, from the packed map of the API. */
import { expect, test } from 'vitest';
import { chooseSeats, unpackMap } from '../../../../../scripts/simulate/large/choose-seats.ts';
import { Places, quantityOf } from '../../../../../scripts/simulate/large/places.ts';
import { toAvailability } from '../../../../../src/http/seat-maps/availability.ts';

/** As PostgreSQL and the API name states: available, held, sold. */
const mapOf = (states: string) => unpackMap(toAvailability(1, '1', states).states, states.length);

test.each([
  ['aaaaa', 2, 0, [0, 1]],
  ['aaaaa', 2, 3, [3, 4]],
  ['hsaaa', 3, 0, [2, 3, 4]],
  ['ahaas', 2, 0, [2, 3]],
  // After the last seat it goes on at the first, which is not beside it.
  ['aahha', 2, 4, [0, 1]],
  ['hhahh', 3, 0, [2]],
  ['hsshs', 1, 0, []],
])('of the seats %s, %i from number %i on are %j', (states, quantity, start, seats) => {
  expect(chooseSeats(mapOf(states), quantity, start)).toEqual(seats);
});

const hall = { name: 'Hall', users: 0, seats: 4, areas: [], admitLimit: 1 };

test('places are taken once, and again after they were given back', () => {
  const places = new Places(hall);
  const wish = { seats: [1, 2] };
  const held = places.take(wish);
  expect(held && quantityOf(held)).toBe(2);
  expect(places.take(wish)).toBeUndefined();
  expect(places.take({ best: 2 })).toBeUndefined();
  if (held) places.giveBack(held);
  expect(places.take({ best: 4 })).toEqual({ seats: [0, 1, 2, 3] });
  expect(places.wish({ quantity: 1, takesBest: true }, () => 0)).toBeUndefined();
});

test('an area is sold up to its capacity', () => {
  const places = new Places({ ...hall, seats: 0, areas: [3] });
  expect(places.take({ area: 0, quantity: 2 })).toEqual({ area: 0, quantity: 2 });
  expect(places.take({ area: 0, quantity: 2 })).toBeUndefined();
  expect(places.wish({ quantity: 2, takesBest: false }, () => 0)).toEqual({ area: 0, quantity: 1 });
});
