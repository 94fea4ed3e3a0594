/** The columns of the parts that write a batch. */
import { expect, test } from 'vitest';
import { moneyParts } from '../../../../workers/rows/money/write-money-rows.ts';
import { operatorParts } from '../../../../workers/rows/operators/write-operator-rows.ts';
import { parts } from '../../../../workers/rows/parts.ts';

/** Columns that no command of the batch that adds a row can change. */
const NEVER_CHANGED_WHEN_NEW: Readonly<Record<string, readonly string[]>> = {
  // A new entry waits, and is neither admitted nor claimed in its batch.
  queue_entry: ['expires_at', 'claimed_at'],
  // A new schedule is not among the locked ones that commands cancel, close or edit.
  schedule: ['cancelled_at', 'cancel_reason', 'closed_at', 'close_reason'],
  // Its numbering begins with the defaults: users enter a queue that was committed.
  queue_numbering: ['last_number', 'added', 'removed'],
};

test('a new row is inserted with all that a later command of its batch may change', () => {
  const all = [...Object.values(parts), ...moneyParts, ...operatorParts];
  const written = all.flatMap(({ of }) => of ?? []);
  const missing = written
    .filter(({ verb }) => verb === 'update')
    .flatMap(({ table, columns }) => {
      const inserted = written.find((each) => each.verb === 'insert' && each.table === table);
      if (!inserted) return [];
      const known = [...inserted.columns, ...(NEVER_CHANGED_WHEN_NEW[table] ?? [])];
      const [, ...set] = columns;
      return set.filter((name) => !known.includes(name)).map((name) => `${table}.${name}`);
    });
  expect(missing).toEqual([]);
});
