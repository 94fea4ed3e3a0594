/** The concerts that operators may announce. */
import { expect, test } from 'vitest';
import { createConcert } from '../../../src/commands/create-concert.ts';

const faultsOf = (input: object) =>
  createConcert.input.safeParse(input).error?.issues.map((issue) => issue.path.join('.')) ?? [];

test('a concert has a title, and null where it has no description', () => {
  expect(createConcert.input.parse({ title: ' Unplugged ' })).toEqual({
    ...{ title: 'Unplugged', description: null },
  });
});

test('a title has 200 characters at most, a description 10,000', () => {
  expect(faultsOf({ title: 'x'.repeat(200), description: 'y'.repeat(10_000) })).toEqual([]);
  expect(faultsOf({ title: 'x'.repeat(201), description: 'y'.repeat(10_001) })).toEqual([
    ...['title', 'description'],
  ]);
});

test.each([[''], ['   '], ['a\0b'], ['a\ud800b'], [5], [null], [undefined], [['Unplugged']]])(
  'a concert cannot be called %j',
  (title) => {
    expect(new Set(faultsOf({ title }))).toEqual(new Set(['title']));
  },
);

test.each([['a\0b'], ['a\udc00b'], [5], [false], [{}]])(
  'a concert cannot be described as %j',
  (description) => {
    expect(faultsOf({ title: 'Unplugged', description })).toEqual(['description']);
  },
);
