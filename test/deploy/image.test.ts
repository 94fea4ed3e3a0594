/** The container image contains everything that its programs import. */
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const { dependencies } = JSON.parse(textOf('package.json'));

/** `.dockerignore` includes whole folders, except for some of their files. */
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

test('every imported package is a dependency, not a devDependency', () => {
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

test('every Lua script that is read is in the image', () => {
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

test('every imported file is in the image', () => {
  const ours = imports.filter(({ to }) => to.startsWith('.') && to.endsWith('.ts'));
  const missing = ours.filter(
    ({ from, to }) => !files.includes(normalize(join(dirname(from), to))),
  );
  expect(missing).toEqual([]);
});
