/** The --help option of every program, and what it says of wrong words. */
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

/** Runs a script with wrong words. @returns what it says; it has exited with 2, without a stack trace and another effect */
async function refusalOf(name: keyof typeof manifest.scripts, ...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runIn(manifest.scripts[name], ...words).then(
    () => expect.fail(`${name} has accepted ${words.join(' ')}.`),
    (error) => error,
  );
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(name === 'start' ? 'npm start' : `npm run ${name}`);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(await readdir(folder)).toEqual([]);
  return stderr;
}

describe.concurrent('wrong words are answered with a sentence and the usage', () => {
  // That all scripts print their usage shows that they read their words in one way, but for the one that is plain JavaScript.
  test.each(['token', 'prepare'] as const)(
    '%s does not know --no-such-option',
    async (name) => void (await refusalOf(name, '--no-such-option')),
    60_000,
  );

  test.each<[keyof typeof manifest.scripts, string, RegExp]>([
    ['audit', 'twice', /Unexpected argument 'twice'/],
    ['bench', '--only nothing', /--only takes one-seat, .*, not 'nothing'/],
    ['bench:best', '--workers 1,x', /--workers takes numbers separated by commas, not '1,x'/],
    ['bench:growth', '--draw none', /--draw none is not a whole number/],
    ['bench:k6', '--profile luck', /--profile luck is none of/],
    ['bench:k6', '--rate fast', /--rate takes a number, not 'fast'/],
    ['bench:k6', '--set RATE', /--set takes NAME=VALUE, not 'RATE'/],
    ['bench:rush', '--users many', /--users takes a number, not 'many'/],
    ['bench:rush', '--users 1,2', /--users takes a number, not '1,2'/],
    ['bench:sale', '--standing 2', /--standing 2 is not a share/],
    ['bench:sale', '--memory much', /--memory takes a number, not 'much'/],
    ['bench:versions', '--loads luck', /--loads takes purchases, /],
    ['migrate', '--lock-timeout soon', /--lock-timeout takes a number, not 'soon'/],
    ['migrate', '--lock-timeout 0', /--lock-timeout takes a number of seconds above 0/],
    ['reconcile', '--since yesterday', /--since needs a date/],
    ['sim', '--seed old', /--seed takes a number or `new`/],
    ['sim', '--bug unheard', /No planted bug has 'unheard' in its name/],
    ['simulate', '--users many', /--users many is invalid/],
    ['statements', '--by luck', /--by is total, mean or calls/],
    ['test:mutants', '--name unheard', /No planted fault has 'unheard' in its name/],
    ['token', 'ada grace', /Unexpected argument 'grace'/],
    ['token', '--admin --gate', /--admin and --gate are both set/],
    ['token', 'x'.repeat(256), /A subject has 1 to 255 characters/],
    ['verify-draw', '', /Name one concert or one draw/],
    ['verify-draw', '1 --draw 2', /Name one concert or one draw/],
    ['worker', '--lanes money', /--lanes money is unknown. Use seat, /],
  ])(
    '%s %s',
    async (name, words, sentence) => {
      expect(await refusalOf(name, ...words.split(' ').filter(Boolean))).toMatch(sentence);
    },
    60_000,
  );
});
