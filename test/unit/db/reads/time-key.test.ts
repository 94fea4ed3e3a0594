/** Where a page of a list begins that has a cursor, the end of a period, or both. */
import { expect, test } from 'vitest';
import { beginningOf, END } from '../../../../src/db/reads/time-key.ts';

const TO = '2026-05-01T12:00:00.000Z';
const toUs = Date.parse(TO) * 1000;

test.each([
  ['without both, with the newest row', undefined, undefined, END],
  ['at the cursor without a period', { us: 5, id: 3 }, undefined, { us: 5, id: 3 }],
  ['before the end of the period without a cursor', undefined, TO, { us: toUs, id: 0 }],
  ['at the cursor within the period', { us: toUs - 1, id: 3 }, TO, { us: toUs - 1, id: 3 }],
  ['before the end, which the cursor equals', { us: toUs, id: 3 }, TO, { us: toUs, id: 0 }],
  ['before the end, which the cursor is after', { us: toUs + 1, id: 3 }, TO, { us: toUs, id: 0 }],
])('a page begins %s', (_where, cursor, to, expected) => {
  expect(beginningOf(cursor, to)).toEqual(expected);
});
