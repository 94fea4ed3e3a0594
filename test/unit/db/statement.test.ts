/** Statements: built once, bound each time. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import {
  anyOf,
  db,
  type Given,
  rareStatement,
  statement,
  unprepared,
} from '../../../src/db/statement.ts';

test('a statement is built once, whatever its parameters', () => {
  let built = 0;
  const seats = statement('seats', ({ ids }: Given<{ ids: readonly number[] }>) => {
    built += 1;
    return db.selectFrom('seat').select('id').where('id', '=', anyOf(ids));
  });
  expect(built).toBe(0);
  const text = 'select "id" from "seat" where "id" = any($1)';
  expect(seats({ ids: [1] })).toEqual({ name: 'seats', text, values: ['{1}'] });
  expect(seats({ ids: [2, 3] })).toEqual({ name: 'seats', text, values: ['{2,3}'] });
  expect(built).toBe(1);
});

test('parameters and constants keep their positions', () => {
  const entries = statement('entries', ({ from, to }: Given<{ from: number; to: number | null }>) =>
    db
      .selectFrom('queue_entry')
      .select('number')
      .where('number', '>=', from)
      .where('state', '=', 'waiting')
      .where('number', '<', to)
      .limit(7),
  );
  expect(entries({ to: null, from: 3 }).values).toEqual([3, 'waiting', null, 7]);
});

test('arrays of numbers and times are encoded, other values are left to pg', () => {
  const bind = statement(
    'any values',
    ({ a, b, c, d }: Given<{ a: unknown; b: unknown; c: unknown; d: unknown }>) =>
      sql<object>`select ${a}, ${b}, ${c}, ${d}`,
  );
  const at = new Date('2026-11-27T12:00:00.123Z');
  const { values } = bind({ a: [], b: [1, -2, 9_007_199_254_740_991], c: at, d: ['1', 'a"b'] });
  expect(values).toEqual([
    '{}',
    '{1,-2,9007199254740991}',
    '2026-11-27T12:00:00.123Z',
    ['1', 'a"b'],
  ]);
  expect(bind({ a: [1, null], b: null, c: 'infinity', d: 7 }).values).toEqual([
    [1, null],
    null,
    'infinity',
    7,
  ]);
});

test('a rare statement has no name, so it is not prepared', () => {
  const lane = rareStatement(({ name }: Given<{ name: string }>) =>
    db.selectFrom('lane').select('epoch').where('name', '=', name),
  );
  expect(lane({ name: 'seat-1' })).toEqual({
    text: 'select "epoch" from "lane" where "name" = $1',
    values: ['seat-1'],
  });
  expect(unprepared(db.selectFrom('lane').select('epoch'))).not.toHaveProperty('name');
});

test('spreading parameters is refused, because they would be omitted', () => {
  const spread = statement('spread', ({ a, ...others }: Given<{ a: number; b: number }>) =>
    db.selectFrom('seat').select('id').where('id', '=', a).where('id', '=', others.b),
  );
  expect(() => spread({ a: 1, b: 2 })).toThrow('must access each parameter by name');
});
