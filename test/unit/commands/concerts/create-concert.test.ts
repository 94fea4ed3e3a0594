/** The input for creating a concert. */
import { expect, test } from 'vitest';
import { createConcert } from '../../../../src/commands/concerts/create-concert.ts';

const faultsOf = (input: object) =>
  createConcert.input.safeParse(input).error?.issues.map((issue) => issue.path.join('.')) ?? [];

test('a title is trimmed, and a missing description becomes null', () => {
  const concert = createConcert.input.parse({ title: ' Unplugged ' });
  expect(concert).toEqual({ title: 'Unplugged', description: null });
});

test('a title has at most 200 characters, a description at most 10,000', () => {
  expect(faultsOf({ title: 'x'.repeat(200), description: 'y'.repeat(10_000) })).toEqual([]);
  const tooLong = { title: 'x'.repeat(201), description: 'y'.repeat(10_001) };
  expect(faultsOf(tooLong)).toEqual(['title', 'description']);
});

test.each([[''], ['   '], ['a\0b'], ['a\ud800b'], [5], [null], [undefined], [['Unplugged']]])(
  'the title of a concert cannot be %j',
  (title) => {
    expect(new Set(faultsOf({ title }))).toEqual(new Set(['title']));
  },
);

test.each([['a\0b'], ['a\udc00b'], [5], [false], [{}]])(
  'the description of a concert cannot be %j',
  (description) => {
    expect(faultsOf({ title: 'Unplugged', description })).toEqual(['description']);
  },
);
