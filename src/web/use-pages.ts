/** A list of the API that grows page by page. */
import { useState } from 'preact/hooks';
import type { PageOptions, SeatlaneOperator } from '../client/index.ts';
import type { Page } from '../client/transport/pages.ts';
import { callApi } from './api.ts';
import { type Query, useAction, useQuery } from './hooks.ts';
import { notifyProblem } from './notifications.ts';

/** The items of all pages read so far. `refetch` begins again with the first page. */
export interface Pages<Item> extends Query<readonly Item[]> {
  hasMore: boolean;
  isBusy: boolean;
  /** Reads the next page. */
  more(): void;
}

/** @param key identifies what `read` reads; undefined: do not read yet */
export function usePages<Item>(
  key: string | undefined,
  read: (seatlane: SeatlaneOperator, options: PageOptions) => Promise<Page<Item>>,
): Pages<Item> {
  const { body: first, ...query } = useQuery(key, read);
  const [grown, setGrown] = useState<{ first: Page<Item>; whole: Page<Item> }>();
  const [isBusy, run] = useAction();
  // What was added to another list, or before the first page was read again, does not count.
  const whole = grown && grown.first === first ? grown.whole : first;
  const more = () =>
    run(async () => {
      const cursor = whole?.nextCursor;
      if (!first || !whole || typeof cursor !== 'string') return;
      try {
        const next = await callApi((seatlane) => read(seatlane, { cursor }));
        setGrown({ first, whole: { ...next, items: [...whole.items, ...next.items] } });
      } catch (error) {
        notifyProblem(error, more);
      }
    });
  return {
    ...query,
    body: whole?.items,
    hasMore: typeof whole?.nextCursor === 'string',
    isBusy,
    more,
  };
}
