/** Combines the reads of many concurrent jobs, so that they use one connection of the pool that command batches share. */
import DataLoader from 'dataloader';

/**
 * @param read reads the rows of these ids in one query; missing ones are left out
 * @returns a function that reads one row: undefined if there is none. What is asked for during a query is read by the next one.
 */
export function oneQueryAtATime<Row>(
  read: (ids: readonly number[]) => Promise<ReadonlyMap<number, Row>>,
): (id: number) => Promise<Row | undefined> {
  let lastQuery: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<number, Row | undefined>(
    async (ids) => {
      const query = read(ids);
      lastQuery = query.catch(() => undefined);
      const rows = await query;
      return ids.map((id) => rows.get(id));
    },
    { cache: false, batchScheduleFn: (begin) => void lastQuery.then(begin) },
  );
  return (id) => loader.load(id);
}
