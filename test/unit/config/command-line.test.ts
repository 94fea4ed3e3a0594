/** The --help option of every program. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../../..');
const env = { PATH: process.env.PATH };
/** The scripts of package.json that run programs of this repository. */
const ours = Object.entries(manifest.scripts).filter(([, script]) => script.startsWith('node '));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seatlane-help-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a script of package.json as npm does, but in an empty folder. */
function runIn(script: string, ...words: string[]) {
  const given = script.split(' ').slice(1);
  const inRoot = given.map((word) => (/^[./\w-]+\.[jt]s$/.test(word) ? join(ROOT, word) : word));
  return run(process.execPath, [...inRoot, ...words], { cwd: folder, env });
}

describe.concurrent('--help', () => {
  test.each(ours)(
    'of %s prints the usage and has no other effect',
    async (name, script) => {
      const { stdout, stderr } = await runIn(script, '--help');
      expect(stdout).toContain(name === 'start' ? 'npm start' : `npm run ${name}`);
      expect(stdout).not.toMatch(/^ *\*/m);
      expect(stderr).toBe('');
      expect(await readdir(folder)).toEqual([]);
    },
    60_000,
  );
});

test('an unknown option is reported with the usage and without a stack trace', async () => {
  const failing = runIn(manifest.scripts.token, '--admn');
  const { code, stdout, stderr } = await failing.catch((error) => error);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/'--admn'[\s\S]*npm run token -- SUBJECT/);
  expect(stderr).not.toMatch(/^ +at /m);
}, 60_000);
