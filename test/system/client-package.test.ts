/** The client as others install it: packed, unpacked into an empty folder, run by plain Node, checked by tsc. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSeatlane, type TestSeatlane } from '../support/services/seatlane.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const packageOf = (name: string) =>
  dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));

let seatlane: TestSeatlane;
let folder: string;
const installed = (name: string) => join(folder, 'node_modules', name);

async function pack(from: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: from,
  });
  // What the build prints stands before it.
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('[\n')));
  return join(folder, filename);
}

/** The package of its own is installed by npm, the repository as a package is unpacked: its libraries do not matter here. */
beforeAll(async () => {
  seatlane = await startSeatlane();
  folder = await mkdtemp(join(tmpdir(), 'seatlane-client-'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  const client = await pack(join(ROOT, 'packages/client'));
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', client], { cwd: folder });
  const repository = await pack(ROOT);
  await mkdir(installed('seatlane'), { recursive: true });
  const words = ['-xzf', repository, '-C', installed('seatlane'), '--strip-components', '1'];
  await run('tar', words);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await seatlane.stop();
});

async function filesOf(name: string): Promise<string[]> {
  const files = await readdir(installed(name), { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name).slice(installed(name).length + 1));
}

test('the package installs nothing but itself, and is small', async () => {
  const names = await readdir(join(folder, 'node_modules'));
  expect(names.filter((name) => !name.startsWith('.')).toSorted()).toEqual([
    'seatlane',
    'seatlane-client',
  ]);
  const files = await filesOf('seatlane-client');
  const stats = await Promise.all(
    files.map((file) => stat(join(installed('seatlane-client'), file))),
  );
  expect(stats.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(200_000);
});

test.each([
  [
    'seatlane-client',
    /^dist\/(?:(?:api|halls|operator|transport)\/(?:\w+\/)?)?[\w-]+\.(js|d\.ts)$/,
  ],
  [
    'seatlane',
    /^packages\/client\/dist\/(?:(?:api|halls|operator|transport)\/(?:\w+\/)?)?[\w-]+\.(js|d\.ts)$/,
  ],
])('%s holds the client and its types, and nothing of the server', async (name, ours) => {
  const names = await filesOf(name);
  expect(names.filter((file) => !ours.test(file)).toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'package.json',
  ]);
  expect(names.filter((file) => file.endsWith('dist/index.js'))).toHaveLength(1);
});

test('the client has the version of the server', async () => {
  const manifest = async (name: string) =>
    JSON.parse(await readFile(join(installed(name), 'package.json'), 'utf8'));
  const client = await manifest('seatlane-client');
  expect(client.version).toBe((await manifest('seatlane')).version);
  expect(client.dependencies ?? {}).toEqual({});
});

const ENTRIES = ['seatlane-client', 'seatlane/client'];

test.each(ENTRIES)('plain Node imports %s and charges points', async (entry) => {
  const program = `
    import { Refusal, Seatlane, signIn } from '${entry}';
    const baseUrl = ${JSON.stringify(seatlane.client.base)};
    const token = await signIn(baseUrl, { subject: '${entry}' });
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
  import { type Booking, Refusal, Seatlane } from 'ENTRY';
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
  ['seatlane-client', 'nodenext', 'nodenext'],
  ['seatlane-client', 'esnext', 'bundler'],
  ['seatlane/client', 'nodenext', 'nodenext'],
])('the types of %s are checked by tsc with module %s', async (entry, module, moduleResolution) => {
  const compilerOptions = {
    module,
    moduleResolution,
    target: 'es2022',
    lib: ['es2022', 'dom'],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  };
  await writeFile(join(folder, 'program.ts'), PROGRAM.replace('ENTRY', entry));
  const config = { compilerOptions, files: ['program.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(packageOf('typescript'), 'bin/tsc');
  const checked = await run(process.execPath, [tsc, '-p', folder]).catch((error) => error);
  expect(checked.stdout).toBe('');
  expect(checked.code).toBeUndefined();
});
