/** The list of planted faults fits the code. That each is found is what `npm run test:mutants` shows. */
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

test.each(mutants)('$name: its tests are there', ({ tests }) => {
  expect(tests.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('no two faults have one name', () => {
  const names = mutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
