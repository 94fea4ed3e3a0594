/** The commands that start API and worker processes give them the same flags of V8. */
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { HEAP_FLAGS } from '../../scripts/lib/heap-flags.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const files = globSync(
  ['package.json', 'Dockerfile', 'docker-compose.yml', 'deploy/kubernetes/*.yaml'],
  { cwd: ROOT },
);
const commands = files.flatMap((file) =>
  readFileSync(join(ROOT, file), 'utf8')
    .split('\n')
    .filter((line) => /\bnode\b.*\b(?:src|workers)\/main\.ts/.test(line))
    .map((line) => ({ file, line })),
);

test('the image, Compose, Kubernetes and npm start processes with them', () => {
  expect(commands).toHaveLength(7);
  const flagsOf = (line: string) =>
    line.match(/--[\w-]+(?:=\d+)?/g)?.filter((flag) => flag !== '--import');
  expect(commands.map(({ file, line }) => ({ file, flags: flagsOf(line) }))).toEqual(
    commands.map(({ file }) => ({ file, flags: HEAP_FLAGS })),
  );
});

test('Node.js knows them', () => {
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  for (const flag of HEAP_FLAGS) {
    const name = flag.replace(/^--(?:no-)?/, '').replace(/=.*/, '');
    expect(known).toContain(`--${name} (`);
  }
});
