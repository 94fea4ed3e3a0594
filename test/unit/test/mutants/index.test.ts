/** The list of planted faults fits the code. `npm run test:mutants` checks that tests find each of them. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { mutants } from '../../../mutants/index.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');

test.each(mutants)('$name: the text to replace stands in $file once', ({ file, find, replace }) => {
  const parts = readFileSync(join(ROOT, file), 'utf8').split(find);
  expect(parts).toHaveLength(2);
  expect(replace).not.toBe(find);
});

test.each(mutants)('$name: its test files exist', ({ tests }) => {
  expect(tests.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('the names of the faults are unique', () => {
  const names = mutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
