/** The house rules for documents: what they refer to exists, and decisions have a date, a status and a place in the index. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { everyPath, type Page, ROOT, readPage } from './support/markdown.ts';

const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const paths = everyPath();
const known = new Set(paths);
const pages = paths.filter((path) => path.endsWith('.md')).map(readPage);
const pageOf = new Map(pages.map((page) => [page.file, page]));
const DECISIONS = 'docs/decisions';

/** Paths that a page may cite although the repository has no such file, and why. */
const MADE: Record<string, string> = {
  'packages/client/dist': 'made by scripts/build-client.js',
};

describe('links', () => {
  const inside = pages.flatMap((page) =>
    page.links.filter((link) => !/^[a-z]+:/.test(link)).map((link) => ({ page, link })),
  );
  const targetOf = (page: Page, link: string) => {
    const [path = ''] = link.split('#');
    return path === '' ? page.file : normalize(join(dirname(page.file), path)).replace(/\/$/, '');
  };

  test('lead to files that exist', () => {
    const broken = inside
      .filter(({ page, link }) => !known.has(targetOf(page, link)))
      .map(({ page, link }) => `${page.file} links to ${link}: there is no such file`);
    expect(broken).toEqual([]);
  });

  test('lead to headings that exist', () => {
    const broken = inside
      .filter(({ page, link }) => {
        const [, anchor] = link.split('#');
        const target = pageOf.get(targetOf(page, link));
        return anchor !== undefined && target && !target.anchors.includes(anchor);
      })
      .map(({ page, link }) => `${page.file} links to ${link}: there is no such heading`);
    expect(broken).toEqual([]);
  });
});

/** Superseded decisions and former versions speak of what is gone. */
const present = pages.filter(
  ({ file, text }) => file !== 'CHANGELOG.md' && !/^Date: .* Status: superseded /m.test(text),
);

describe('code in pages', () => {
  const ROOTS = paths.filter((path) => !path.includes('/') && !path.includes('.'));
  const PATH = new RegExp(`(?<![\\w./-])(?:${ROOTS.join('|')}|\\.ci|\\.github)/[\\w./-]*\\w`, 'g');
  /** A file of a dependency, or NAME for any name. */
  const NOT_OURS = /^node_modules\/|\bNAME\b/;
  const FILE_NAME =
    /^[\w.-]+(?:\/[\w.-]+)*\.(?:ts|js|md|ya?ml|json|jsonc|cfg|sql|lua|sh|html|svg|env)$/;

  test('names paths that exist', () => {
    const missing = present.flatMap(({ file, spans, blocks }) =>
      [...spans, ...blocks]
        .flatMap((code) => code.match(PATH) ?? [])
        .filter((path) => !known.has(path) && !(path in MADE) && !NOT_OURS.test(path))
        .map((path) => `${file} names ${path}: there is no such file`),
    );
    expect(missing).toEqual([]);
  });

  test('names files that exist, wherever they are', () => {
    const missing = present.flatMap(({ file, spans }) =>
      spans
        .filter((span) => FILE_NAME.test(span) && !NOT_OURS.test(span))
        .filter((span) => !paths.some((path) => path === span || path.endsWith(`/${span}`)))
        .map((span) => `${file} names ${span}: no file is called that`),
    );
    expect(missing).toEqual([]);
  });

  test('names scripts of package.json', () => {
    const { scripts } = JSON.parse(textOf('package.json'));
    const workflows = paths.filter((path) => /^\.github\/workflows\/.*\.yml$/.test(path));
    const texts = [...present, ...workflows.map((file) => ({ file, text: textOf(file) }))];
    const missing = texts.flatMap(({ file, text }) =>
      [...text.matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)]
        .filter(([, name = '']) => !(name in scripts))
        .map(([, name]) => `${file} runs ${name}: there is no such script`),
    );
    expect(missing).toEqual([]);
  });
});

test('comments and messages name pages that exist', () => {
  const sources = paths.filter((path) => /\.(ts|js|yml|yaml|sh|lua|html)$/.test(path));
  const missing = sources.flatMap((file) =>
    [...textOf(file).matchAll(/\bdocs\/[\w./-]+\.md\b/g)]
      .filter(([page]) => !known.has(page))
      .map(([page]) => `${file} names ${page}: there is no such page`),
  );
  const numbers = paths
    .filter((path) => dirname(path) === DECISIONS)
    .map((path) => path.slice(0, 19));
  const unknown = sources.flatMap((file) =>
    [...textOf(file).matchAll(/\bdocs\/decisions\/\d{4}/g)]
      .filter(([record]) => !numbers.includes(record))
      .map(([record]) => `${file} names ${record}: there is no such decision`),
  );
  expect([...missing, ...unknown]).toEqual([]);
});

describe('decisions', () => {
  const records = pages.filter(
    ({ file }) => dirname(file) === DECISIONS && basename(file) !== 'README.md',
  );
  const RECORD = /^# (\d{4}) (.+)\n\nDate: (\d{4}-\d\d-\d\d) {2}Status: (.+)\n\n/;
  const STATUS = /^(?:accepted|(?:amended|superseded) by \[(\d{4})\]\((\d{4})-[\w-]+\.md\))$/;

  test('begin with number, title, date and status', () => {
    const wrong = records
      .filter(({ file, text }) => {
        const [, number, , , status = ''] = RECORD.exec(text) ?? [];
        const later = STATUS.exec(status);
        const isLater = later?.[1] === undefined || later[1] > String(number);
        return (
          !basename(file).startsWith(`${number}-`) || !later || later[1] !== later[2] || !isLater
        );
      })
      .map(({ file }) => `${file}: begin it as docs/decisions/README.md says`);
    expect(wrong).toEqual([]);
  });

  test('have numbers of their own', () => {
    const numbers = records.map(({ file }) => basename(file).slice(0, 4));
    expect(numbers.filter((number, place) => numbers.indexOf(number) !== place)).toEqual([]);
  });

  test('stand in the index, in their order', () => {
    const rows = textOf(`${DECISIONS}/README.md`).match(/^\| \[\d{4}\].*$/gm);
    const expected = records.map(({ file, text }) => {
      const [, number, title, date, status] = RECORD.exec(text) ?? [];
      return `| [${number}](${basename(file)}) | ${title} | ${date} | ${status} |`;
    });
    expect(rows).toEqual(expected.toSorted());
  });
});

test('the data model has every table, and no column that the schema lacks', () => {
  const { tables } = JSON.parse(textOf('src/db/migrations/.snapshot-seatlane.json'));
  const columnsOf = new Map<string, object>(
    tables.map(({ name, columns }: { name: string; columns: object }) => [name, columns]),
  );
  const blocks = pageOf.get('docs/data-model.md')?.blocks.join('\n') ?? '';
  const drawn = [...blocks.matchAll(/^ {2}(\w+) \{\n([^}]*)\}/gm)].map(
    ([, table = '', lines = '']) => ({
      table,
      columns: [...lines.matchAll(/^ {4}\w+ (\w+)/gm)].map(([, column = '']) => column),
    }),
  );
  expect(drawn.map(({ table }) => table).toSorted()).toEqual([...columnsOf.keys()].toSorted());
  const wrong = drawn.flatMap(({ table, columns }) =>
    columns
      .filter((column) => !(column in (columnsOf.get(table) ?? {})))
      .map((column) => `docs/data-model.md gives ${table} a column ${column}`),
  );
  expect(wrong).toEqual([]);
});

test('every place that names the version names the present one', () => {
  const { version } = JSON.parse(textOf('package.json'));
  const lock = JSON.parse(textOf('package-lock.json'));
  const firstIn = (file: string, pattern: RegExp) => pattern.exec(textOf(file))?.[1];
  expect({
    lock: lock.version,
    lockedPackage: lock.packages[''].version,
    client: JSON.parse(textOf('packages/client/package.json')).version,
    compose: firstIn('docker-compose.yml', /image: seatlane:(\S+)/),
    kubernetes: firstIn('deploy/kubernetes/kustomization.yaml', /newTag: (\S+)/),
    clientGuide: firstIn('docs/client.md', /install \.\/seatlane-client-(\S+)\.tgz/),
    changelog: firstIn('CHANGELOG.md', /^## (\d\S+) - \d{4}-\d\d-\d\d$/m),
  }).toEqual({
    lock: version,
    lockedPackage: version,
    client: version,
    compose: version,
    kubernetes: version,
    clientGuide: version,
    changelog: version,
  });
});
