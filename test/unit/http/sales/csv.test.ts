/** CSV of any text comes back as it was from a strict reader, and no cell is a formula. */
import { expect, test } from 'vitest';
import { csvLine, streamText } from '../../../../src/http/sales/csv.ts';
import { readStrictCsv } from '../../../support/http/strict-csv.ts';

test('a cell with commas, quotes and line ends comes back as it was', () => {
  const cells = ['a,b', 'he said "no"', 'two\r\nlines', 'one\nline', ' spaces ', '한국어', ''];
  expect(readStrictCsv(csvLine(cells) + csvLine(cells))).toEqual([cells, cells]);
});

test.each([
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '＝1+1',
  '\tx',
  '\rx',
  '\nx',
  '=HYPERLINK("http://x","y")',
])('the text %j gets an apostrophe, so that no spreadsheet computes it', (text) => {
  expect(readStrictCsv(csvLine([text, 'x']))).toEqual([[`'${text}`, 'x']]);
});

test.each([
  ['x;=1+1', "x;'=1+1"],
  ['x; +1;y', "x;' +1;y"],
])('%j is no formula where semicolons separate cells either', (text, shown) => {
  expect(readStrictCsv(csvLine([text]))).toEqual([[shown]]);
});

test('numbers keep their sign, and null is an empty cell', () => {
  expect(csvLine([-5, 0, null, 'a-b'])).toBe('-5,0,,a-b\r\n');
});

test('pieces are read one after the other, as the client takes them', async () => {
  const pieces = ['b', 'c', undefined];
  let asked = 0;
  const stream = streamText('a', async () => pieces[asked++]);
  const reader = stream.getReader();
  expect(asked).toBe(0);
  const texts: string[] = [];
  for (let each = await reader.read(); !each.done; each = await reader.read()) {
    texts.push(new TextDecoder().decode(each.value));
  }
  expect(texts).toEqual(['a', 'b', 'c']);
});

test('a piece that cannot be read breaks the stream off', async () => {
  const stream = streamText('a', () => Promise.reject(new Error('PostgreSQL is away')));
  await expect(new Response(stream).text()).rejects.toThrow('PostgreSQL is away');
});
