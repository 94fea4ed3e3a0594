/** Pages of lists: their limits, their cursors, and whether another page follows. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fromCursor, pageQuery, toCursor, toPage } from '../../../../src/http/reads/pagination.ts';

const query = z.strictObject(pageQuery);
const key = z.tuple([z.iso.datetime(), z.int()]);

describe('the limit of a page', () => {
  test('is 20 by default', () => {
    expect(query.parse({}).limit).toBe(20);
  });

  test.each([
    ['1', 1],
    ['100', 100],
    ['0007', 7],
  ])('can be %s', (limit, rows) => {
    expect(query.parse({ limit }).limit).toBe(rows);
  });

  test.each(['0', '101', '-1', '1.5', '1e2', '', ' 5', 'all', '99999'])('cannot be %j', (limit) => {
    expect(query.safeParse({ limit }).success).toBe(false);
  });
});

describe('a cursor', () => {
  const lastRow = ['2026-05-01T12:00:00.123456Z', 7] as const;

  test('is decoded to the key from which it was made', () => {
    expect(fromCursor(toCursor(lastRow), key)).toEqual(lastRow);
    expect(fromCursor(toCursor(['Ü "quoted" \\']), z.tuple([z.string()]))).toEqual([
      'Ü "quoted" \\',
    ]);
  });

  test('needs no escaping in a URL', () => {
    const cursor = toCursor(['???>>>~~~', 62]);
    expect(encodeURIComponent(cursor)).toBe(cursor);
  });

  test('that is missing means the first page', () => {
    expect(fromCursor(undefined, key)).toBeUndefined();
  });

  test.each([
    ['empty', ''],
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['of another list', toCursor([7])],
    ['with a key too many', toCursor([...lastRow, 1])],
    ['of another type', toCursor([7, '2026-05-01T12:00:00Z'])],
    ['an object', Buffer.from('{"id": 7}').toString('base64url')],
    ['a number beyond all ids', toCursor(['2026-05-01T12:00:00Z', 2 ** 53])],
    ['cut short', toCursor(lastRow).slice(0, -3)],
    ['longer by a character', `${toCursor(lastRow)}A`],
    ['longer by a character of no base64', `${toCursor(lastRow)}!`],
    ['padded', `${toCursor(lastRow)}=`],
  ])('that is %s is refused', (_fault, cursor) => {
    expect(() => fromCursor(cursor, key)).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        details: expect.objectContaining({
          errors: [{ path: 'cursor', message: 'is not a cursor of this list' }],
        }),
      }),
    );
  });

  test('of more than 200 characters is refused without decoding', () => {
    expect(query.safeParse({ cursor: 'x'.repeat(201) }).success).toBe(false);
  });

  test('of the longest key of a list fits into the query', () => {
    const longest = toCursor(['2026-05-01T12:00:00.123456+00:00', Number.MAX_SAFE_INTEGER]);
    expect(query.safeParse({ cursor: longest }).success).toBe(true);
  });
});

describe('a page', () => {
  const show = {
    item: (row: { id: number }) => `row ${row.id}`,
    key: (row: { id: number }) => [row.id],
  };
  const rowsUpTo = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));

  test('of a list without rows is empty and has no cursor', () => {
    expect(toPage([], 2, show)).toEqual({ items: [], nextCursor: null });
  });

  test.each([1, 2])('of %i rows under a limit of 2 is the last', (count) => {
    const page = toPage(rowsUpTo(count), 2, show);
    expect(page.items).toHaveLength(count);
    expect(page.nextCursor).toBeNull();
  });

  test('ends at the limit, and its cursor is the key of its last row', () => {
    expect(toPage(rowsUpTo(3), 2, show)).toEqual({
      items: ['row 0', 'row 1'],
      nextCursor: toCursor([1]),
    });
  });
});
