/** What the form of a hall does not show stays as it was. */
import { expect, test } from 'vitest';
import type { Plan } from '../../../../../src/client/api/catalogue/halls.ts';
import { withLooksOf } from '../../../../../src/web/board/halls/plan-looks.ts';

const hall = (categories: Plan['categories'], used: string[]): Plan => ({
  categories,
  sections: [
    {
      name: 'Stalls',
      rows: [
        { name: 'A', seats: used.map((category, index) => ({ number: index + 1, category })) },
      ],
    },
  ],
});

const OLD = hall(
  [{ name: 'VIP', colour: '#aa0000' }, { name: 'Standard' }, { name: 'Later', colour: '#00aa00' }],
  ['Standard', 'VIP'],
);

test('categories keep their order and colours, also one that no seat has yet', () => {
  const given = hall(
    [{ name: 'Standard' }, { name: 'Box' }, { name: 'VIP' }],
    ['Standard', 'Box', 'VIP'],
  );
  expect(withLooksOf(given, OLD).categories).toEqual([
    { name: 'VIP', colour: '#aa0000' },
    { name: 'Standard' },
    { name: 'Later', colour: '#00aa00' },
    { name: 'Box' },
  ]);
});

test('a category whose last seat is gone is gone, and a colour that is given counts', () => {
  const given = hall([{ name: 'Standard', colour: '#0000aa' }], ['Standard', 'Standard']);
  expect(withLooksOf(given, OLD).categories).toEqual([
    { name: 'Standard', colour: '#0000aa' },
    { name: 'Later', colour: '#00aa00' },
  ]);
});
