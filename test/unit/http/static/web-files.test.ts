/** The files of the pages: the size of what a buyer's browser loads before the first view, and a reader that fails. */
import { expect, test } from 'vitest';
import { toWebFile } from '../../../../src/http/static/web-file.ts';
import {
  loadWebFiles,
  readByProcess,
  readTemplate,
} from '../../../../src/http/static/web-files.ts';

const BYTES_MAX = 61_000;

test('the first page has less than 61 kB compressed, with all that it loads', async () => {
  const { files, importsOf } = await loadWebFiles();
  const html = readTemplate('index.html');
  const sheets = [...html.matchAll(/\{\{files\}\}\/(\S+\.css)"/g)].map(([, name = '']) => name);
  expect(sheets.length).toBeGreaterThan(3);
  // The texts of one language are loaded too; Korean ones take more bytes.
  const modules = ['web/main.ts', 'web/texts/ko.ts'].flatMap((name) => [name, ...importsOf(name)]);
  const names = new Set([...modules, ...sheets]);
  const sizes = [...names].map((name) => files.get(name)?.brotli.length ?? Number.NaN);
  const total = sizes.reduce((sum, size) => sum + size, toWebFile(html, 'text/html').brotli.length);
  expect(total).toBeLessThan(BYTES_MAX);
});

test('a process that cannot read the files is reported', async () => {
  await expect(readByProcess('/there/is/no/reader.ts')).rejects.toThrow(
    'ended before it had sent them',
  );
});
