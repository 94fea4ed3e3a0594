/** Combines the reads of many concurrent jobs, so that they use one connection of the pool that command batches share. */
import DataLoader from 'dataloader';

/**
 * @param read reads the rows of these ids in one query; missing ones are left out
 * @returns a function that reads one row: undefined if there is none. What is asked for during a query is read by the next one.
 */
export function oneQueryAtATime<Row>(
  read: (ids: readonly number[]) => Promise<ReadonlyMap<number, Row>>,
): (id: number) => Promise<Row | undefined> {
  return oneStatementAtATime(read, (id) => id);
}

/**
 * @param send sends one statement about these items; those of which there is nothing to say are left out
 * @param idOf the id of an item, by which `send` answers
 */
export function oneStatementAtATime<Item, Row>(
  send: (items: readonly Item[]) => Promise<ReadonlyMap<number, Row>>,
  idOf: (item: Item) => number,
): (item: Item) => Promise<Row | undefined> {
  let lastQuery: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<Item, Row | undefined>(
    async (items) => {
      const query = send(items);
      lastQuery = query.catch(() => undefined);
      const rows = await query;
      return items.map((item) => rows.get(idOf(item)));
    },
    { cache: false, batchScheduleFn: (begin) => void lastQuery.then(begin) },
  );
  return (item) => loader.load(item);
}
