/** The house rules as tests: who may import whom, who may ask the clock, how long a file may be. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../src/commands/index.ts';
import { REASONS } from '../src/domain/reasons.ts';
import { handlers } from '../workers/handlers/index.ts';

const ROOT = resolve(import.meta.dirname, '..');
const files = globSync('{src,workers}/**/*.ts', { cwd: ROOT }).filter(
  (file) => !file.includes('migrations/'),
);
const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Import {
  from: string;
  to: string;
  isTypeOnly: boolean;
}

const IMPORT = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'(\.[^']+)'/gm;

const imports: Import[] = files.flatMap((file) =>
  [...textOf(file).matchAll(IMPORT)].map((match) => ({
    from: file,
    to: normalize(join(dirname(file), match[2] as string)),
    isTypeOnly: match[1] !== undefined,
  })),
);

/** Entry points wire the rooms together and may import all of them, but for the other process's. */
const WIRING = ['src/main.ts', 'src/api.ts', 'workers/main.ts', 'workers/worker.ts'];

function roomOf(file: string): string {
  if (file.startsWith('workers/handlers/')) return 'handlers';
  if (file.startsWith('workers/')) return 'workers';
  return file.split('/')[1] as string;
}

/** design.md's table: what each room may import, besides itself. `!` stands for types only. */
const ARROWS: Record<string, string[]> = {
  domain: [],
  db: ['!domain', '!commands'],
  commands: ['!domain'],
  lanes: ['commands', 'db/reads/receipts.ts'],
  http: ['commands', 'lanes', 'db/reads', '!db/orm.ts'],
  handlers: ['commands', 'domain', 'lanes/job-id.ts', 'workers/rows.ts'],
  workers: ['db', 'commands', 'lanes', 'domain', 'handlers'],
};

function isAllowed({ from, to, isTypeOnly }: Import): boolean {
  const [room, target] = [roomOf(from), roomOf(to)];
  if (room === target) return true;
  return (ARROWS[room] ?? []).some((arrow) => {
    if (arrow.startsWith('!') && !isTypeOnly) return false;
    const allowed = arrow.replace('!', '');
    return allowed === target || to.startsWith(`src/${allowed}`) || to === allowed;
  });
}

test('each room imports only what it may', () => {
  const wrong = imports
    .filter((each) => !WIRING.includes(each.from) && !isAllowed(each))
    .map(({ from, to }) => `${from} imports ${to}: hand it in from an entry point instead`);
  expect(wrong).toEqual([]);
});

test('the API and the workers never import each other', () => {
  const wrong = imports.filter(
    ({ from, to }) =>
      (from.startsWith('src/') && to.startsWith('workers/')) ||
      (from.startsWith('workers/') && /^src\/(http|api|main)/.test(to)),
  );
  expect(wrong).toEqual([]);
});

test('nobody imports scripts or tests', () => {
  expect(imports.filter(({ to }) => /^(scripts|test)\//.test(to))).toEqual([]);
});

test('no module imports itself by way of others', () => {
  const targets = Map.groupBy(
    imports.filter(({ isTypeOnly }) => !isTypeOnly),
    ({ from }) => from,
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    else if (!done.has(file)) {
      for (const { to } of targets.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    }
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});

function linesWith(pattern: RegExp, allowed: readonly string[]): string[] {
  return files
    .filter((file) => !allowed.includes(file))
    .flatMap((file) =>
      textOf(file)
        .split('\n')
        .flatMap((line, index) =>
          pattern.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [],
        ),
    );
}

test('only config.ts reads the environment; others are handed their settings', () => {
  expect(linesWith(/process\.env\b/, ['src/config.ts'])).toEqual([]);
});

test('nobody asks the clock but those who measure it or stamp jobs; others are handed `now`', () => {
  const allowed = [
    'src/db/reads/clock.ts',
    'workers/lane-jobs.ts',
    'workers/webhooks/signature.ts',
  ];
  expect(linesWith(/new Date\(\)|Date\.now\(/, allowed)).toEqual([]);
});

test('no test is left alone, and nothing is left to do without an issue', () => {
  const everything = globSync('{src,workers,scripts,test}/**/*.ts', { cwd: ROOT });
  const wrong = everything.filter(
    (file) => file !== 'test/tidy.test.ts' && /\.only\(|FIXME|TODO(?! #\d)/.test(textOf(file)),
  );
  expect(wrong).toEqual([]);
});

/** Longer than a file should be, each for a reason; the numbers only go down. */
const LONG: Record<string, number> = {
  'workers/load-rows.ts': 320, // one short function a table, in the order of their locks
  'workers/write-rows.ts': 290, // one statement a table
  'workers/run-batch.ts': 290, // the heart: its steps belong side by side
  'workers/lane-owner.ts': 255, // the locks and what they mean are one subject
  'workers/rows.ts': 225, // the shapes of all tables
  'src/http/queue-view.ts': 215, // one class, one view
  'src/config.ts': 230, // every setting, in one place
  'src/api.ts': 230, // the wiring of one process
};

test('a file stays below 200 lines, or gives its reason here', () => {
  const long = files
    .map((file) => ({ file, lines: textOf(file).split('\n').length - 1 }))
    .filter(({ file, lines }) => lines > (LONG[file] ?? 200))
    .map(({ file, lines }) => `${file} has ${lines} lines: split it by subject`);
  expect(long).toEqual([]);
});

test('a file opens with what it is for', () => {
  expect(files.filter((file) => !textOf(file).startsWith('/**'))).toEqual([]);
});

test('every command has a handler, and every handler a command', () => {
  expect(Object.keys(handlers).sort()).toEqual(Object.keys(commands).sort());
});

test('docs/outcomes.md names every command, and every reason in order of precedence', () => {
  const page = textOf('docs/outcomes.md');
  expect(Object.keys(commands).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` /gm)].map((match) => match[1] as string);
  expect(rows.filter((code) => (REASONS as readonly string[]).includes(code))).toEqual([
    ...REASONS,
  ]);
});
