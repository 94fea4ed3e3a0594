/** Reads of many jobs share one query at a time. */
import { expect, test } from 'vitest';
import { oneQueryAtATime } from '../../../../workers/outbox/one-query-at-a-time.ts';

test('what is asked for during a query is read by the next one', async () => {
  const asked: number[][] = [];
  const begun = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  const read = oneQueryAtATime(async (ids) => {
    asked.push([...ids]);
    begun.resolve();
    if (asked.length === 1) await first.promise;
    return new Map(ids.filter((id) => id < 4).map((id) => [id, `row ${id}`]));
  });
  const early = [read(1), read(2)];
  await begun.promise;
  const late = [read(3), read(4), read(3)];
  first.resolve();
  expect(await Promise.all([...early, ...late])).toEqual([
    'row 1',
    'row 2',
    'row 3',
    undefined,
    'row 3',
  ]);
  expect(asked).toEqual([
    [1, 2],
    [3, 4, 3],
  ]);
});

test('a query that fails does not stop the next one', async () => {
  let queries = 0;
  const read = oneQueryAtATime(async (ids) => {
    queries += 1;
    if (queries === 1) throw new Error('PostgreSQL is away.');
    return new Map(ids.map((id) => [id, id]));
  });
  await expect(read(1)).rejects.toThrow('away');
  expect(await read(1)).toBe(1);
});
