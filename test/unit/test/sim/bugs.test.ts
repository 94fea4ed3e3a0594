/** The bugs that simulations plant fit the code. `npm run sim -- --bug all` looks for seeds that find them. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { bugs } from '../../../sim/bugs.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');

test.each(bugs)('$name: the text to replace stands in $file once', ({ file, find, replace }) => {
  const parts = readFileSync(join(ROOT, file), 'utf8').split(find);
  expect(parts).toHaveLength(2);
  expect(replace).not.toBe(find);
});

test('the names of the planted bugs are unique', () => {
  const names = bugs.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
