/** Iterating over the items of a paginated list. */
import { expect, test } from 'vitest';
import type { PageOptions } from '../../../../src/client/options.ts';
import { eachItem, type Page } from '../../../../src/client/transport/pages.ts';
import { collect } from '../../../support/collect.ts';

const PAGES: Record<string, Page<number>> = {
  first: { items: [1, 2], nextCursor: 'second' },
  second: { items: [], nextCursor: 'third' },
  third: { items: [3], nextCursor: null },
};

function reader() {
  const requests: PageOptions[] = [];
  const read = async (options: PageOptions) => {
    requests.push(options);
    return PAGES[options.cursor ?? 'first'] as Page<number>;
  };
  return { requests, read };
}

test('every item is yielded, even after an empty page, and each page is requested with the same options', async () => {
  const { requests, read } = reader();
  expect(await collect(eachItem(read, { limit: 2 }))).toEqual([1, 2, 3]);
  expect(requests).toEqual([
    { limit: 2 },
    { limit: 2, cursor: 'second' },
    { limit: 2, cursor: 'third' },
  ]);
});

test('the iteration begins at the given cursor', async () => {
  const { read } = reader();
  expect(await collect(eachItem(read, { cursor: 'second' }))).toEqual([3]);
});

test('a page is not read before its first item is needed', async () => {
  const { requests, read } = reader();
  for await (const item of eachItem(read, {})) {
    if (item === 2) break;
  }
  expect(requests).toHaveLength(1);
});
