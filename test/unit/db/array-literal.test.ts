/** Arrays as PostgreSQL reads them. */
import { expect, test } from 'vitest';
import { arrayEncoder } from '../../../src/db/array-literal.ts';

const encode = (type: string, values: readonly unknown[]) =>
  arrayEncoder(type, (value: unknown) => value)(values);

test('values are encoded by their type, also between and after equal ones and nulls', () => {
  expect(encode('bigint', [])).toBe('{}');
  expect(encode('bigint', [null, 1, 1, null, null, 1, 2, undefined])).toBe(
    '{NULL,1,1,NULL,NULL,1,2,NULL}',
  );
  expect(encode('text', ['a"b', 'a"b', '', null, 'NULL'])).toBe('{"a\\"b","a\\"b","",NULL,"NULL"}');
});

test('equal neighbours are encoded once', () => {
  let encoded = 0;
  const job = {
    toString() {
      encoded += 1;
      return 'job';
    },
  };
  expect(encode('text', [job, job, job])).toBe('{"job","job","job"}');
  expect(encoded).toBe(1);
});

test('a time that was changed between two arrays is encoded anew', () => {
  const times = arrayEncoder('timestamptz', (time: Date) => time);
  const at = new Date('2026-11-28T12:00:00.000Z');
  expect(times([at, at])).toBe('{2026-11-28T12:00:00.000Z,2026-11-28T12:00:00.000Z}');
  at.setUTCFullYear(2027);
  expect(times([at])).toBe('{2027-11-28T12:00:00.000Z}');
});
