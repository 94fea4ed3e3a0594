/** The prices of a schedule made from a hall: of each category, and of no other. */
import { expect, test } from 'vitest';
import { decidePrices } from '../../../../src/domain/halls/prices.ts';

const categories = [{ name: 'Stalls', colour: '#0072b2' }, { name: 'Gallery' }];

test('the categories keep the order of the plan', () => {
  expect(decidePrices(categories, { Gallery: 0, Stalls: 90 }).change).toEqual([
    { name: 'Stalls', colour: '#0072b2', price: 90 },
    { name: 'Gallery', colour: null, price: 0 },
  ]);
});

test.each([
  { prices: { Stalls: 90 }, reason: 'CATEGORY_WITHOUT_PRICE', category: 'Gallery' },
  { prices: { Stalls: 90, Boxes: 200 }, reason: 'CATEGORY_NOT_FOUND', category: 'Boxes' },
])('$reason names $category', ({ prices, reason, category }) => {
  expect(decidePrices(categories, prices).refusal).toMatchObject({
    code: reason,
    about: { category },
  });
});

test('a name that every object has is no price', () => {
  expect(decidePrices([{ name: 'toString' }], {}).refusal?.code).toBe('CATEGORY_WITHOUT_PRICE');
});
