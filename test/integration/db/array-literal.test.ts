/** PostgreSQL reads from an encoded array what was put into it. */
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrayEncoder } from '../../../src/db/array-literal.ts';
import { cloneServices } from '../../support/services/database.ts';

let client: Client;
beforeAll(async () => {
  const { databaseUrl } = await cloneServices();
  client = new Client(databaseUrl);
  await client.connect();
});
afterAll(() => client.end());

const VALUES: Record<string, readonly unknown[]> = {
  text: [
    'plain',
    '',
    'NULL',
    'null',
    'a,b',
    '{}',
    '"',
    '\\',
    '\\"',
    ' space ',
    'new\nline',
    '끝 🎫',
    null,
  ],
  bigint: [0, -1, Number.MAX_SAFE_INTEGER, null],
  int: [7, null, 2_147_483_647],
  boolean: [true, false, null],
  timestamptz: [new Date('2026-11-27T13:30:29.123Z'), null, new Date('1969-12-31T23:59:59.999Z')],
  jsonb: [JSON.stringify({ text: 'a "quoted" \\ text', list: [1, null] }), 'null', null],
};

test.each(Object.entries(VALUES))('values of type %s', async (type, values) => {
  const encode = arrayEncoder(type, (value) => value);
  const text = `select $1::${type}[] as read, $2::${type}[] = $1::${type}[] as is_same`;
  // The driver encodes the second parameter itself.
  const { rows } = await client.query(text, [encode(values), values]);
  expect(rows[0].is_same).toBe(true);
  expect(rows[0].read).toHaveLength(values.length);
});

test('no value at all is an empty array', async () => {
  const encode = arrayEncoder('text', (value) => value);
  const { rows } = await client.query('select $1::text[] as read', [encode([])]);
  expect(rows[0].read).toEqual([]);
});
