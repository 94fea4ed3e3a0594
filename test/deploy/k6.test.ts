/** The k6 scripts of deploy/k6 use only what k6 has, and their settings are documented. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const FOLDER = resolve(import.meta.dirname, '../../deploy/k6');
const files = globSync('**/*.js', { cwd: FOLDER });
const textOf = (file: string) => readFileSync(join(FOLDER, file), 'utf8');
const foundIn = (pattern: RegExp) =>
  files.flatMap((file) => [...textOf(file).matchAll(pattern)].map(([, found = '']) => found));

test('there are the four profiles', () => {
  const profiles = files.filter((file) => !file.startsWith('lib'));
  expect(profiles.toSorted()).toEqual(['load.js', 'soak.js', 'spike.js', 'stress.js']);
});

test('scripts import only modules of k6, and files with their endings', () => {
  const others = foundIn(/\bfrom '([^']+)'/g).filter(
    (target) => !/^k6(\/[a-z]+)?$/.test(target) && !/^\.{1,2}\/[\w./-]+\.js$/.test(target),
  );
  expect(others).toEqual([]);
});

test('scripts use no globals of Node or of browsers that k6 lacks', () => {
  const LACKING =
    /\b(process|Buffer|require|fetch|URLSearchParams|URL|performance|structuredClone)\b[.(]/g;
  expect(foundIn(LACKING)).toEqual([]);
});

test('every setting is documented, and every documented one exists', () => {
  const used = [...foundIn(/\benv\.([A-Z_]+)/g), ...foundIn(/\bnumber\('([A-Z_]+)'/g)];
  const settings = textOf('README.md').split('## Settings')[1] ?? '';
  const rows = [...settings.matchAll(/^\| (`.+?`) \|/gm)].map(([, names = '']) => names);
  const documented = rows.flatMap((names) => names.match(/[A-Z_]+/g) ?? []);
  expect(documented.toSorted()).toEqual([...new Set(used)].toSorted());
});
