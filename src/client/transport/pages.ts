/** Iterates over the items of a paginated list. */
import type { PageOptions } from '../options.ts';

export interface Page<Item> {
  items: Item[];
  /** The cursor of the next page, or null on the last page. */
  nextCursor: string | null;
}

/** Yields every item, beginning with the requested page. A page is read when its first item is needed. */
export async function* eachItem<Item, Options extends PageOptions>(
  read: (options: Options) => Promise<Page<Item>>,
  options: Options,
): AsyncGenerator<Item, void, undefined> {
  let page = await read(options);
  yield* page.items;
  while (page.nextCursor !== null) {
    page = await read({ ...options, cursor: page.nextCursor });
    yield* page.items;
  }
}
