/** The order of a draw, recomputed from what is public. The digests were computed with `sha256sum`. */
import { expect, test } from 'vitest';
import { faultsOfDraw, hashOfTickets, orderOf } from '../../../../scripts/lib/draw-order.ts';

const SEED = 'seed 73';
const SEED_HASH = '1e5053064e46bdd1b01b637d61bf230f47c94b15af0bf4bd5a69f0519848346b';
const TICKETS_HASH = '19bc041f049a3f2ce6c2cd841d8ae13a5afa24fc9fa1413794354498a1539968';

const draw = {
  seed: SEED,
  seedHash: SEED_HASH,
  ticketsHash: TICKETS_HASH as string | null,
  places: 3,
  firstNumber: 11,
};
const ORDER = [10, 1, 2];
const OLD_ORDER = [2, 10, 1];

const placesIn = (order: readonly number[]) =>
  order.map((ticket, index) => ({ ticket, number: 11 + index }));
const older = { ...draw, ticketsHash: null };

test('the hash of the tickets is that of their numbers in ascending order', () => {
  expect(hashOfTickets([10, 2, 1])).toBe(TICKETS_HASH);
});

test('the order follows from the seed and the tickets, in draws of older versions from the seed alone', () => {
  expect(orderOf([1, 2, 10], draw)).toEqual(ORDER);
  expect(orderOf([10, 1, 2], older)).toEqual(OLD_ORDER);
});

test('a draw in its order has no faults', () => {
  expect(faultsOfDraw(draw, placesIn(ORDER))).toEqual([]);
  expect(faultsOfDraw(older, placesIn(OLD_ORDER))).toEqual([]);
});

const swapped = placesIn([ORDER[1] as number, ORDER[0] as number, ORDER[2] as number]);

test.each([
  ['another seed', { ...draw, seed: 'tree' }, placesIn(ORDER), /seed/],
  ['another ticket', draw, placesIn([ORDER[0] as number, ORDER[1] as number, 3]), /tickets/],
  ['a missing place', draw, placesIn(ORDER).slice(0, 2), /3 entries took part, but 2/],
  ['two places in the wrong order', draw, swapped, /2 entries have another number/],
  [
    'a gap',
    draw,
    placesIn(ORDER).map((place) => ({ ...place, number: place.number + 1 })),
    /3 entries/,
  ],
])('%s is found', (_, published, places, fault) => {
  expect(faultsOfDraw(published, places).join()).toMatch(fault);
});

test('a draw of an older version is verified with the entries that are kept', () => {
  const kept = placesIn(OLD_ORDER).filter((_, index) => index !== 1);
  expect(faultsOfDraw(older, kept)).toEqual([]);
  const wrong = kept.map((place, index) => ({ ...place, number: 20 - index }));
  expect(faultsOfDraw(older, wrong)).toHaveLength(1);
});
