/** Lists that the API gives in pages, walked item by item. */
import type { PageOptions } from './options.ts';

export interface Page<Item> {
  items: Item[];
  /** Asks for the page after this one; null where there is none. */
  nextCursor: string | null;
}

/** Every item from the asked page on. A page is read when its first item is. */
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
