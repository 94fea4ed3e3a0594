/** What the image runs finds everything there: only the dependencies that are installed into it. */
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const { dependencies } = JSON.parse(textOf('package.json'));

/** `.dockerignore` lets whole folders in, and keeps some files of theirs out. */
const lines = textOf('.dockerignore').split('\n');
const kept = lines.filter((line) => line.startsWith('scripts/'));
const files = globSync(['src/**/*.ts', 'workers/**/*.ts', 'scripts/**/*.ts'], { cwd: ROOT }).filter(
  (file) => !kept.some((out) => file === out || file.startsWith(`${out}/`)),
);

const IMPORT = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const imports = files.flatMap((from) =>
  [...textOf(from).matchAll(IMPORT)].flatMap(([, isType, to = '']) =>
    isType ? [] : [{ from, to }],
  ),
);

test('every package that it imports is a dependency, none one for development', () => {
  const packages = imports.filter(
    ({ to }) => !to.startsWith('.') && !to.startsWith('node:') && !builtinModules.includes(to),
  );
  expect(packages.length).toBeGreaterThan(20);
  const missing = packages.filter(({ to }) => {
    const [scope = '', name] = to.split('/');
    return !((scope.startsWith('@') ? `${scope}/${name}` : scope) in dependencies);
  });
  expect(missing).toEqual([]);
});

test('every Lua script that it reads is in it', () => {
  const scripts = globSync(['src/**/*.lua', 'workers/**/*.lua', 'scripts/**/*.lua'], { cwd: ROOT });
  const inImage = scripts.filter((script) => !kept.some((out) => script.startsWith(`${out}/`)));
  const read = files.flatMap((file) =>
    [...textOf(file).matchAll(/'([\w-]+\.lua)'/g)].map(([, name = '']) =>
      join(dirname(file), name),
    ),
  );
  expect(read.length).toBeGreaterThan(5);
  expect(read.filter((script) => !inImage.includes(script))).toEqual([]);
});

test('every file that it imports is in it', () => {
  const ours = imports.filter(({ to }) => to.startsWith('.') && to.endsWith('.ts'));
  const missing = ours.filter(
    ({ from, to }) => !files.includes(normalize(join(dirname(from), to))),
  );
  expect(missing).toEqual([]);
});
