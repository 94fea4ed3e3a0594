/** The sandbox's journal: what is flushed is read again. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Journal, JournalDamaged, type JournalLine } from '../../../../scripts/sandbox/journal.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seatlane-journal-'));
  file = join(folder, 'journal.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lineOf = (ref: string): JournalLine => ({
  kind: 'challenged',
  at: '2026-11-27T12:00:00.000Z',
  ref,
});

/** Opens the journal, appends lines, and closes it. @returns the lines that it had */
async function visit(...refs: readonly string[]): Promise<JournalLine[]> {
  const { journal, lines } = await Journal.open(file);
  for (const ref of refs) journal.append(lineOf(ref));
  await journal.flushed();
  await journal.close();
  return lines;
}

test('lines are read again in their order', async () => {
  expect(await visit('a', 'b')).toEqual([]);
  expect(await visit('c')).toEqual([lineOf('a'), lineOf('b')]);
  expect(await visit()).toEqual([lineOf('a'), lineOf('b'), lineOf('c')]);
});

test('a line is in the file once it is flushed, whatever is appended meanwhile', async () => {
  const { journal } = await Journal.open(file);
  journal.append(lineOf('a'));
  const first = journal.flushed();
  journal.append(lineOf('b'));
  await first;
  journal.append(lineOf('c'));
  await journal.flushed();
  const refs = (await readFile(file, 'utf8')).match(/"ref":"\w"/g);
  expect(refs).toEqual(['"ref":"a"', '"ref":"b"', '"ref":"c"']);
  await journal.close();
});

test('a last line that was cut by a kill is removed, and the next one stands by itself', async () => {
  await visit('a');
  const text = await readFile(file, 'utf8');
  await writeFile(file, `${text}${text.slice(0, 20)}`);
  expect(await visit('b')).toEqual([lineOf('a')]);
  expect(await visit()).toEqual([lineOf('a'), lineOf('b')]);
});

test.each(['not JSON', '{"kind": 1}', 'null'])(
  'a journal with the line %s is refused',
  async (line) => {
    await visit('a');
    await writeFile(file, `${await readFile(file, 'utf8')}${line}\n`);
    await expect(visit()).rejects.toThrow(JournalDamaged);
    await expect(visit()).rejects.toThrow(`Line 2 of ${file}`);
  },
);

test('after a failed write nothing counts as flushed', async () => {
  const { journal } = await Journal.open(file);
  await journal.close();
  journal.append(lineOf('a'));
  await expect(journal.flushed()).rejects.toThrow();
  journal.append(lineOf('b'));
  await expect(journal.flushed()).rejects.toThrow();
});

test('only the owner may read the file', async () => {
  await visit();
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
