/** How seats look, and which of them change. */
import { expect, test } from 'vitest';
import type { Seat } from '../../../../../src/commands/schemas/resources.ts';
import { SeatLooks, toDrawn } from '../../../../../src/web/map/draw/seat-looks.ts';
import { SeatStates } from '../../../../../src/web/map/seat-states.ts';

const NONE: ReadonlySet<number> = new Set();

const states = new SeatStates(
  [1, 2, 3, 4, 5].map(
    (id): Seat => ({ id, section: null, row: 'A', number: id, price: 1, state: 'available' }),
  ),
);
const looksOf = ({ styles }: SeatLooks) => [...styles].map((style) => toDrawn(style).look);

test('only the seats that join or leave the selection look different', () => {
  const looks = new SeatLooks(states, new Uint8Array(5));
  expect(looks.setOwn(NONE, new Set([0, 1, 2]))).toEqual([0, 1, 2]);
  expect(looksOf(looks)).toEqual(['chosen', 'chosen', 'chosen', 'free', 'free']);
  expect(looks.setOwn(NONE, new Set([1, 2, 3])).toSorted()).toEqual([0, 3]);
  expect(looksOf(looks)).toEqual(['free', 'chosen', 'chosen', 'chosen', 'free']);
});

test('a seat that was chosen becomes the user’s own', () => {
  const looks = new SeatLooks(states, new Uint8Array(5));
  looks.setOwn(NONE, new Set([4]));
  expect(new Set(looks.setOwn(new Set([4]), NONE))).toEqual(new Set([4]));
  expect(looksOf(looks).at(4)).toBe('mine');
});
