/** Which codes of the camera are new scans. */
import { expect, test } from 'vitest';
import { Repeats } from '../../../../../src/web/gate/scanning/repeats.ts';

test('a code that stays in sight is one scan, and a new one after it was gone', () => {
  const repeats = new Repeats();
  const seen = [0, 120, 2100, 4000, 6100].map((now) => repeats.isNew('a', now));
  expect(seen).toEqual([true, false, false, false, true]);
});

test('another code is a new scan at once', () => {
  const repeats = new Repeats();
  expect(repeats.isNew('a', 0)).toBe(true);
  expect(repeats.isNew('b', 1)).toBe(true);
  expect(repeats.isNew('a', 2)).toBe(true);
});

test('a code that is seen while another one is checked is new afterwards, and the other one is not', () => {
  const repeats = new Repeats();
  expect(repeats.isNew('a', 0)).toBe(true);
  expect(repeats.isNew('b', 1000, true)).toBe(false);
  expect(repeats.isNew('a', 1900, true)).toBe(false);
  expect(repeats.isNew('a', 3000)).toBe(false);
  expect(repeats.isNew('b', 3100)).toBe(true);
});
