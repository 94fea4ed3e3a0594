/** Lists walked item by item. */
import { expect, test } from 'vitest';
import type { PageOptions } from '../../../src/client/options.ts';
import { eachItem, type Page } from '../../../src/client/pages.ts';
import { collect } from '../../support/collect.ts';

const PAGES: Record<string, Page<number>> = {
  first: { items: [1, 2], nextCursor: 'second' },
  second: { items: [], nextCursor: 'third' },
  third: { items: [3], nextCursor: null },
};

function reader() {
  const asked: PageOptions[] = [];
  const read = async (options: PageOptions) => {
    asked.push(options);
    return PAGES[options.cursor ?? 'first'] as Page<number>;
  };
  return { asked, read };
}

test('every item comes, also from behind an empty page, and each page is asked for the same way', async () => {
  const { asked, read } = reader();
  expect(await collect(eachItem(read, { limit: 2 }))).toEqual([1, 2, 3]);
  expect(asked).toEqual([
    { limit: 2 },
    { limit: 2, cursor: 'second' },
    { limit: 2, cursor: 'third' },
  ]);
});

test('it begins where it is told to', async () => {
  const { read } = reader();
  expect(await collect(eachItem(read, { cursor: 'second' }))).toEqual([3]);
});

test('no page is read that nobody came to', async () => {
  const { asked, read } = reader();
  for await (const item of eachItem(read, {})) {
    if (item === 2) break;
  }
  expect(asked).toHaveLength(1);
});
