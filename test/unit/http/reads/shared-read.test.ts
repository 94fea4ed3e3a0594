/** Which requests share a read, and that no request gets a read that began before it. */
import { expect, test } from 'vitest';
import { SharedReads } from '../../../../src/http/reads/shared-read.ts';
import { waitFor } from '../../../support/wait-for.ts';

function theReads() {
  const begun: PromiseWithResolvers<number>[] = [];
  const reads = new SharedReads();
  const ask = (key = 'a list') =>
    reads.fresh(key, () => {
      const read = Promise.withResolvers<number>();
      begun.push(read);
      return read.promise;
    });
  return { begun, ask };
}

test('callers that arrive during a read share the next one', async () => {
  const { begun, ask } = theReads();
  const first = ask();
  const others = [ask(), ask(), ask()];
  begun[0]?.resolve(1);
  expect(await first).toBe(1);
  await waitFor('the next read', () => begun.length === 2);
  begun[1]?.resolve(2);
  expect(await Promise.all(others)).toEqual([2, 2, 2]);
  expect(begun).toHaveLength(2);
});

test('a failed read or another key does not share its result', async () => {
  const { begun, ask } = theReads();
  const first = ask();
  const other = ask('another list');
  begun[0]?.reject(new Error('PostgreSQL is away.'));
  await expect(first).rejects.toThrow('PostgreSQL is away.');
  const again = ask();
  begun[1]?.resolve(2);
  begun[2]?.resolve(3);
  expect(await Promise.all([other, again])).toEqual([2, 3]);
});
