/** The client as others install it: packed, unpacked into an empty folder, run by plain Node, checked by tsc. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSeatlane, type TestSeatlane } from '../support/seatlane.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const packageOf = (name: string) =>
  dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));

let seatlane: TestSeatlane;
let folder: string;
const installed = () => join(folder, 'node_modules/seatlane');

/** Of the package's dependencies only zod matters to the client, and to its types alone. */
beforeAll(async () => {
  seatlane = await startSeatlane();
  folder = await mkdtemp(join(tmpdir(), 'seatlane-client-'));
  await run('npm', ['pack', '--pack-destination', folder], { cwd: ROOT });
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) as string;
  await mkdir(installed(), { recursive: true });
  await run('tar', ['-xzf', join(folder, tarball), '-C', installed(), '--strip-components', '1']);
  await symlink(packageOf('zod'), join(folder, 'node_modules/zod'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await seatlane.stop();
});

test('the package holds the client and its types, and nothing of the server', async () => {
  const files = await readdir(installed(), { recursive: true, withFileTypes: true });
  const names = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name).slice(installed().length + 1));
  const ours = /^(dist\/client\/[\w-]+\.(js|d\.ts)|dist\/commands\/[\w-]+\.d\.ts)$/;
  expect(names.filter((name) => !ours.test(name)).toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'package.json',
  ]);
  expect(names).toContain('dist/client/index.js');
});

test('plain Node imports it and charges points', async () => {
  const program = `
    import { Refusal, Seatlane, signIn } from 'seatlane/client';
    const baseUrl = ${JSON.stringify(seatlane.client.base)};
    const token = await signIn(baseUrl, { subject: 'installed' });
    const seatlane = new Seatlane({ baseUrl, token });
    console.log(await seatlane.charge(100));
    await seatlane.use(101).catch((error) => console.log(error instanceof Refusal, error.code));
  `;
  await writeFile(join(folder, 'program.js'), program);
  const { stdout } = await run(process.execPath, ['--no-strip-types', 'program.js'], {
    cwd: folder,
  });
  expect(stdout).toBe('{ balance: 100 }\ntrue INSUFFICIENT_POINTS\n');
});

const PROGRAM = `
  import { type Booking, Refusal, Seatlane } from 'seatlane/client';
  const seatlane = new Seatlane({ baseUrl: 'http://localhost:3000' });
  export async function buy(seatId: number): Promise<Booking | undefined> {
    try {
      const booking = await seatlane.book(seatId);
      const price: number = booking.price;
      // @ts-expect-error a price is no text
      const text: string = booking.price;
      return price > 0 || text ? booking : undefined;
    } catch (error) {
      if (error instanceof Refusal && error.is('SEAT_ALREADY_HELD')) return undefined;
      throw error;
    }
  }
  // @ts-expect-error an id is no text
  buy('7');
  // @ts-expect-error only operators create concerts
  seatlane.createConcert({ title: 'Mine' });
`;

test.each([
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
])('its types are checked by tsc with module %s', async (module, moduleResolution) => {
  const compilerOptions = {
    ...{ module, moduleResolution, target: 'es2022', lib: ['es2022', 'dom'], types: [] },
    ...{ strict: true, noEmit: true, skipLibCheck: false },
  };
  await writeFile(join(folder, 'program.ts'), PROGRAM);
  const config = { compilerOptions, files: ['program.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(packageOf('typescript'), 'bin/tsc');
  const checked = await run(process.execPath, [tsc, '-p', folder]).catch((error) => error);
  expect(checked.stdout).toBe('');
  expect(checked.code).toBeUndefined();
});
