/** The names of places in codes: what stays of those that are too long, and that nobody takes a cut name for another one. */
import { expect, test } from 'vitest';
import { placeText } from '../../../../src/http/tickets/place-text.ts';

test.each([
  [13, 'Stalls Box 11'],
  [12, 'St… Box 11'],
  [11, 'S… Box 11'],
  [10, '… Box 11'],
  [9, 'Box… 11'],
  [8, 'Bo… 11'],
  [6, '… 11'],
  [2, ''],
])('in %d bytes, the place reads %j', (bytesMax, text) => {
  const cut = placeText(['Stalls', 'Box', '11'], bytesMax);
  expect(cut).toBe(text);
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bytesMax);
});

test('a cut name ends with a sign that it was cut, so that it is not the name of another place', () => {
  const room = Buffer.byteLength('Box 1') + Buffer.byteLength('…');
  expect(placeText(['Box 1'], room)).toBe('Box 1');
  expect(placeText(['Box 11 on the left'], room)).toBe('Box 1…');
});

test('a name is cut between characters, and as long as a JSON string is', () => {
  expect(placeText(['가나다라'], 11)).toBe('가나…');
  expect(placeText(['"\\"\\"'], 8)).toBe('"\\…');
});
