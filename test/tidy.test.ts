/** The house rules as tests: allowed imports, access to the clock, file sizes, documentation. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CommandName, commands } from '../src/commands/index.ts';
import { REASONS } from '../src/domain/reasons.ts';
import { isProblemCode, statusOf } from '../src/http/problems/problems.ts';
import { handlers } from '../workers/handlers/index.ts';

const ROOT = resolve(import.meta.dirname, '..');
const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');
/** Excludes migrations, which are generated and must never be edited. */
const filesOf = (...folders: string[]) =>
  folders
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: ROOT }))
    .filter((file) => !file.includes('/migrations/'));
const sources = filesOf('src', 'workers');
const everything = filesOf('src', 'workers', 'scripts', 'examples', 'test');

interface Import {
  from: string;
  to: string;
  isTypeOnly: boolean;
}

const IMPORT = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;

function importsOf(from: string): Import[] {
  return [...textOf(from).matchAll(IMPORT)].map(([, type, target = '']) => ({
    from,
    to: target.startsWith('.') ? normalize(join(dirname(from), target)) : target,
    isTypeOnly: type !== undefined,
  }));
}

const isOurs = ({ to }: Import) => everything.includes(to);
const imports = sources.flatMap(importsOf);

/** Entry points read the settings and connect the modules; all other files receive what they need as parameters. */
const ENTRY_POINTS = [
  'src/main.ts',
  'src/api.ts',
  'src/api-connections.ts',
  'src/run-process.ts',
  'src/start-faults.ts',
  'workers/main.ts',
  'workers/worker.ts',
  'workers/worker-connections.ts',
];

/** The table of docs/architecture.md: what each folder may import besides itself. */
const ARROWS: Record<string, string[]> = {
  'src/config': [],
  'src/domain': [],
  'src/db': [
    'types of src/domain',
    'types of src/commands',
    'src/runtime/coalesce-writes.ts',
    'src/runtime/refresh-timer.ts',
    'src/runtime/service-errors.ts',
  ],
  'src/commands': ['types of src/domain'],
  'src/lanes/bullmq': ['src/lanes', 'src/commands', 'src/runtime/in-time.ts'],
  'src/lanes': [
    'src/commands',
    'types of src/db/reads/receipts.ts',
    'src/runtime/coalesce-writes.ts',
    'src/runtime/refresh-timer.ts',
    'src/runtime/service-errors.ts',
  ],
  'src/observe': ['src/runtime/version.ts'],
  'src/http': [
    'src/commands',
    'src/lanes',
    'src/db/reads',
    'types of src/db/connection/orm.ts',
    'src/observe',
    'src/runtime/refresh-timer.ts',
    'src/runtime/service-errors.ts',
  ],
  'src/web': ['types of src/commands', 'src/client'],
  'src/client': [],
  'workers/handlers': [
    'src/commands',
    'src/domain',
    'workers/rows/rows.ts',
    'workers/rows/rows-changed.ts',
  ],
  workers: [
    'src/db',
    'src/commands',
    'src/lanes',
    'types of src/domain',
    'workers/handlers',
    'src/observe',
    'src/runtime/in-time.ts',
    'src/runtime/server.ts',
    'src/runtime/refresh-timer.ts',
    'src/runtime/service-errors.ts',
  ],
};

/** Further imports that are allowed for single files, each with its reason. */
const EXCEPTIONS: Record<string, [to: string, why: string]> = {
  'workers/batch/apply-batch.ts': ['src/domain/reasons.ts', 'refuses reused idempotency keys'],
  'workers/rows/rows.ts': [
    'src/domain/queue-entries.ts',
    'ends expired sessions while it loads rows',
  ],
  'workers/timers/queue/ask-for-admission.ts': [
    'src/domain/queue-entries.ts',
    'finds the queue in which a payment freed a slot',
  ],
  'workers/timers/queue/draws/due-draws.ts': [
    'src/domain/queue-entries.ts',
    'finds entries by their tickets',
  ],
  'workers/rows/best-seats/schedule-ranges.ts': [
    'src/domain/best-seats/adjacent-seats.ts',
    'reads and locks the seats that the rule is going to choose',
  ],
};

/** Files that may load a module lazily, each with its reason. */
const LATE_IMPORTS: Record<string, string> = {
  'src/http/ops/mount-bull-board.ts':
    'few processes ever show Bull Board, and its libraries take 4 MB of memory',
  'src/observe/open-traces.ts': 'OpenTelemetry costs time and memory even without traces',
  'src/web/late.ts': 'the first page is small without the views behind it',
  'src/web/texts.ts': 'only the chosen language is loaded',
  'workers/outbox/payments/stripe-client.ts': 'the library of Stripe takes 37 MB of memory',
};

const folderOf = (file: string) =>
  Object.keys(ARROWS).find((folder) => file.startsWith(`${folder}/`)) ?? file;

function isAllowed({ from, to, isTypeOnly }: Import): boolean {
  if (folderOf(from) === folderOf(to) || EXCEPTIONS[from]?.[0] === to) return true;
  return (ARROWS[folderOf(from)] ?? []).some((arrow) => {
    const target = arrow.replace('types of ', '');
    return (to === target || to.startsWith(`${target}/`)) && (isTypeOnly || target === arrow);
  });
}

describe('imports', () => {
  test('each folder imports only what it may', () => {
    const wrong = imports
      .filter((each) => isOurs(each) && !ENTRY_POINTS.includes(each.from) && !isAllowed(each))
      .map(({ from, to }) => `${from} imports ${to}: let an entry point pass it in`);
    expect(wrong).toEqual([]);
  });

  test('only entry points open the settings and the log', () => {
    const wrong = imports
      .filter(
        ({ from, to }) =>
          !ENTRY_POINTS.includes(from) && /^src\/(config\/config|runtime\/log)\.ts$/.test(to),
      )
      .map(
        ({ from, to }) => `${from} imports ${to}: take the settings or the logger as a parameter`,
      );
    expect(wrong).toEqual([]);
  });

  test('the API and the workers share only commands, lanes and the database', () => {
    const wrong = imports
      .filter(({ from, to }) =>
        from.startsWith('src/') ? to.startsWith('workers/') : /^src\/(http\/|api|main)/.test(to),
      )
      .map(({ from, to }) => `${from} imports ${to}: send a command, or share it in src/lanes`);
    expect(wrong).toEqual([]);
  });

  test('rules import nothing from outside the domain', () => {
    const wrong = imports
      .filter(({ from, to }) => from.startsWith('src/domain/') && !to.startsWith('src/domain/'))
      .map(({ from, to }) => `${from} imports ${to}: take the value as a parameter`);
    expect(wrong).toEqual([]);
  });

  test('production code imports neither scripts nor tests', () => {
    const wrong = imports
      .filter(({ to }) => /^(scripts|test)\//.test(to))
      .map(({ from, to }) => `${from} imports ${to}: move what both need into src`);
    expect(wrong).toEqual([]);
  });

  test('there are no import cycles', () => {
    const targets = Map.groupBy(
      imports.filter((each) => isOurs(each) && !each.isTypeOnly),
      ({ from }) => from,
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]) => {
      if (path.includes(file)) {
        const cycle = [...path.slice(path.indexOf(file)), file].join(' → ');
        cycles.push(`${cycle}: move the shared part into its own file`);
      } else if (!done.has(file)) {
        for (const { to } of targets.get(file) ?? []) visit(to, [...path, file]);
        done.add(file);
      }
    };
    for (const file of sources) visit(file, []);
    expect(cycles).toEqual([]);
  });

  test('OpenTelemetry and the library of Stripe are not loaded unless they are in use', () => {
    const late = imports.filter(({ isTypeOnly }) => !isTypeOnly);
    const reached = new Set(ENTRY_POINTS);
    for (const file of reached) {
      for (const { from, to } of late) if (from === file) reached.add(to);
    }
    const wrong = [...reached].filter((target) => /^(@opentelemetry\/|stripe$)/.test(target));
    expect(
      wrong,
      'import only its types, or import it late, in a file of LATE_IMPORTS or one that it loads',
    ).toEqual([]);
  });

  test('are static, at the head of the file, where these tests see them', () => {
    const others = sources.filter((file) => !(file in LATE_IMPORTS));
    expect(linesWith(/\bimport\(/, others, 'import it at the head of the file')).toEqual([]);
  });
});

/** Who may know BullMQ, and why. All others see lanes through `src/lanes/lane-queue.ts`. */
const BULLMQ_USERS: Record<string, string> = {
  'src/lanes/bullmq/': 'implements the queue seam',
  'src/http/ops/bull-board.ts': 'shows BullMQ’s queues in Bull Board',
  'workers/timers/': 'runs timed work by BullMQ’s job schedulers and workers',
  'workers/outbox/': 'sends messages by BullMQ’s workers, with their retries',
};
const usesBullmq = (file: string) =>
  Object.keys(BULLMQ_USERS).some((user) => file.startsWith(user));
/** What BullMQ calls its keys and fields, where the word means nothing else here. */
const BULLMQ_WORDS =
  /\b(queueKeyStart|markerKey|returnvalue|failedReason|processedOn|finishedOn|attemptsMade)\b|'(marker|stalled|prioritized)'|:(meta|marker|wait|active)\b|\.toKey\(/;

describe('BullMQ', () => {
  const files = [...sources, ...filesOf('scripts')];

  test('is imported only by those who have a reason', () => {
    const wrong = files
      .flatMap(importsOf)
      .filter(({ from, to }) => to === 'bullmq' && !usesBullmq(from))
      .map(({ from }) => `${from} imports bullmq: use src/lanes/lane-queue.ts`);
    expect(wrong).toEqual([]);
    const needless = Object.keys(BULLMQ_USERS).filter(
      (user) => !imports.some(({ from, to }) => to === 'bullmq' && from.startsWith(user)),
    );
    expect(needless, 'these do not import bullmq: take them off BULLMQ_USERS').toEqual([]);
  });

  test('is wired to the lanes by entry points alone', () => {
    const wrong = files
      .flatMap(importsOf)
      .filter(({ from, to }) => to.startsWith('src/lanes/bullmq/') && !usesBullmq(from))
      .filter(({ from }) => !ENTRY_POINTS.includes(from))
      .map(({ from, to }) => `${from} imports ${to}: take a LaneProducer or LaneConsumer`);
    expect(wrong).toEqual([]);
  });

  test('has keys and fields that nobody else names', () => {
    const others = files.filter((file) => !usesBullmq(file));
    expect(linesWith(BULLMQ_WORDS, others, 'ask src/lanes/bullmq for it')).toEqual([]);
  });
});

describe('Lua', () => {
  const scripts = ['src', 'workers', 'scripts'].flatMap((folder) =>
    globSync(`${folder}/**/*.lua`, { cwd: ROOT }),
  );

  test('stands in files of its own', () => {
    const files = [...sources, ...filesOf('scripts')];
    const instead = 'put the script into a .lua file beside this one';
    expect(linesWith(/\bredis\.call\(/, files, instead)).toEqual([]);
  });

  test.each(scripts)('%s says what it reads, writes and returns, and is read beside it', (file) => {
    const [header = ''] = textOf(file).split('\n]]\n');
    const parts = ['KEYS', 'ARGV', 'Reads ', 'Writes ', 'Returns '];
    if (file.startsWith('src/lanes/bullmq/')) parts.push('Corresponds to ');
    expect(header.startsWith('--[[\n')).toBe(true);
    expect(parts.filter((part) => !header.includes(`\n  ${part}`))).toEqual([]);
    const readers = globSync(`${dirname(file)}/*.ts`, { cwd: ROOT }).map(textOf);
    expect(readers.some((text) => text.includes(`'${basename(file)}'`))).toBe(true);
  });
});

function linesWith(pattern: RegExp, files: readonly string[], instead: string): string[] {
  return files.flatMap((file) =>
    textOf(file)
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) ? [`${file}:${index + 1} ${line.trim()}: ${instead}`] : [],
      ),
  );
}

/** Files that may read the process's clock, each with its reason; all others receive `now` as a parameter. */
const CLOCK_READERS: Record<string, string> = {
  'src/lanes/bullmq/consumer.ts': 'stamps jobs like BullMQ, for its dashboard',
  'src/web/clock.ts': 'notices by the device’s clock that the device was asleep',
  'workers/timers/schedule.ts': 'compares schedules with the clock that BullMQ uses',
};
const CLOCK = /new Date\(\)|new Date\b(?!\()|Date\.now\b/;

test('only files with a reason read the clock', () => {
  const others = sources.filter((file) => !(file in CLOCK_READERS));
  expect(linesWith(CLOCK, others, 'take `now` as a parameter')).toEqual([]);
  const needless = Object.keys(CLOCK_READERS).filter(
    (file) => !sources.includes(file) || !CLOCK.test(textOf(file)),
  );
  expect(needless, 'these no longer read the clock: remove them from CLOCK_READERS').toEqual([]);
});

test('only config.ts reads the environment', () => {
  const others = sources.filter((file) => file !== 'src/config/config.ts');
  const instead = 'add the setting to src/config/config.ts and take it as a parameter';
  expect(linesWith(/process\.env\b|from '(node:)?process'/, others, instead)).toEqual([]);
});

describe('statements', () => {
  test('that are prepared have unique names', () => {
    const names = sources.flatMap((file) =>
      [...textOf(file).matchAll(/\bstatement\(\s*'([^']+)'/g)].map(([, name]) => name),
    );
    expect(names.length).toBeGreaterThan(0);
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    expect(twice, 'two statements with one name: PostgreSQL would execute the wrong one').toEqual(
      [],
    );
  });

  test('in transactions go through pipelined, which never loses a connection', () => {
    const instead = 'use pipelined of src/db/connection/pipeline.ts (docs/decisions/0017)';
    expect(linesWith(/\.(transactional|getKysely)\(/, sources, instead)).toEqual([]);
  });
});

test('no test runs exclusively, and every TODO names an issue', () => {
  const others = everything.filter((file) => file !== 'test/tidy.test.ts');
  expect(linesWith(/\.only\b/, others, 'remove .only, so that the other tests run too')).toEqual(
    [],
  );
  const instead = 'do it now, or open an issue and write `TODO #NUMBER`';
  expect(linesWith(/\bFIXME\b|\bTODO\b(?! #\d)/, others, instead)).toEqual([]);
});

test('every file starts with a comment on its purpose', () => {
  const silent = everything.filter((file) => !/^(#!.*\n)?\/\*\*/.test(textOf(file)));
  expect(silent, 'start these with a /** … */ comment that states their purpose').toEqual([]);
});

const LINES_MAX = 200;
/** Files that may be longer, each with its reason; the numbers may only decrease. */
const LONG: Record<string, [lines: number, why: string]> = {};

test('a file has at most 200 lines, or the number that LONG allows', () => {
  const lengths = sources.map((file) => ({ file, lines: textOf(file).split('\n').length - 1 }));
  const long = lengths
    .filter(({ file, lines }) => lines > (LONG[file]?.[0] ?? LINES_MAX))
    .map(({ file, lines }) => `${file} has ${lines} lines: split it by subject`);
  expect(long).toEqual([]);
  const needless = Object.keys(LONG).filter(
    (file) => !lengths.some((each) => each.file === file && each.lines > LINES_MAX),
  );
  expect(needless, 'these are short enough now: remove them from LONG').toEqual([]);
});

/** About a dozen: a folder shows its subject on one screen. */
const FILES_MAX = 16;

test('a folder holds at most 16 files beside its sub-folders', () => {
  const folders = Map.groupBy(everything, (file) => dirname(file));
  const full = [...folders]
    .filter(([, files]) => files.length > FILES_MAX)
    .map(([folder, files]) => `${folder} has ${files.length} files: group them by subject`);
  expect(full).toEqual([]);
});

describe('every command', () => {
  const names = Object.keys(commands) as CommandName[];

  test('has a handler, and every handler has a command', () => {
    const why = 'add it to both workers/handlers/index.ts and src/commands/index.ts';
    expect(Object.keys(handlers).toSorted(), why).toEqual(names.toSorted());
  });

  test('has a route', () => {
    const routes = filesOf('src/http/routes');
    const text = routes.map(textOf).join('\n');
    const toCamelCase = (name: string) =>
      name.replaceAll(/-./g, (dash) => dash.slice(1).toUpperCase());
    const isIn = (text: string, name: string) =>
      new RegExp(`\\b${toCamelCase(name)}\\b`).test(text);
    const [internal, others] = [true, false].map((isInternal) =>
      names.filter((name) => (commands[name].isInternal === true) === isInternal),
    ) as [CommandName[], CommandName[]];
    const missing = others.filter((name) => !isIn(text, name));
    expect(missing, 'add a route to src/http/routes that accepts it').toEqual([]);
    const routed = internal.filter((name) => isIn(text, name));
    expect(routed, 'the system alone enqueues these: take them off src/http/routes').toEqual([]);
    const senders = [
      ...filesOf('workers').filter((file) => !file.startsWith('workers/handlers/')),
      ...filesOf('src/http/payments'),
    ];
    const sent = senders.map(textOf).join('\n');
    const unsent = internal.filter((name) => !isIn(sent, name));
    expect(unsent, 'enqueue these in workers/ or src/http/payments').toEqual([]);
  });

  test('is tested to take effect once, and to leave nothing behind', () => {
    const tests = filesOf('test/integration/workers')
      .map((file) => ({ file, text: textOf(file) }))
      .filter(({ text }) => /\bexpectOneEffect\(/.test(text))
      .filter(({ text }) => /\bexpectNothingBehind\(/.test(text));
    const missing = names.filter(
      (name) =>
        !tests.some(
          ({ file, text }) => basename(file) === `${name}.test.ts` || text.includes(`'${name}'`),
        ),
    );
    expect(missing, 'test them with test/support/handler-promises.ts').toEqual([]);
  });

  test('is listed in docs/outcomes.md', () => {
    const page = textOf('docs/outcomes.md');
    const missing = names.filter((name) => !page.includes(`| \`${name}\` |`));
    expect(missing, 'add a row to the table of commands').toEqual([]);
  });
});

test('docs/outcomes.md lists every reason with its status, in the order of precedence', () => {
  const rows = [...textOf('docs/outcomes.md').matchAll(/^\| `([A-Z_]+)` \| (\d+) \|/gm)]
    .map(([, code = '', status]) => ({ code, status: Number(status) }))
    .filter(({ code }) => (REASONS as readonly string[]).includes(code));
  const expected = REASONS.map((code) => ({
    code,
    status: isProblemCode(code) ? statusOf(code) : 0,
  }));
  expect(rows, 'sort the table of reasons in the order of REASONS').toEqual(expected);
});

test('every unit test has the path of its source file', () => {
  const strays = filesOf('test/unit')
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.slice('test/unit/'.length).replace('.test.ts', '.ts'))
    .filter((source) => ![source, `src/${source}`].some((path) => existsSync(join(ROOT, path))));
  expect(strays, 'name the test after the file that it tests').toEqual([]);
});
