/** `.ci/check-commits`: which commit subjects are too long, in whole and in shallow clones. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SCRIPT = resolve(import.meta.dirname, '../../.ci/check-commits');
const OF_72 = 'é'.repeat(72);
const OF_73 = 'x'.repeat(73);
/** Nothing of the settings of whoever runs the test. */
const ENVIRONMENT = {
  PATH: process.env.PATH,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seatlane-commits-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function git(...words: string[]): void {
  execFileSync('git', words, { cwd: folder, env: ENVIRONMENT, stdio: 'pipe' });
}

const commit = (subject: string) => git('commit', '--quiet', '--allow-empty', '--message', subject);

/** A repository in which the rule begins after one commit that breaks it. */
function repository(): void {
  git('init', '--quiet');
  commit(OF_73);
  mkdirSync(join(folder, '.ci'));
  copyFileSync(SCRIPT, join(folder, '.ci/check-commits'));
  git('add', '.');
  commit('Begin the rule');
}

function check(cwd = folder) {
  const { status, stdout } = spawnSync(SCRIPT, { cwd, env: ENVIRONMENT, encoding: 'utf8' });
  return { status, stdout };
}

test('a subject of 72 characters is accepted, whatever stands in the body', () => {
  repository();
  commit(`${OF_72}\n\n${OF_73}`);
  expect(check()).toEqual({ status: 0, stdout: '' });
});

test('a longer subject is named', () => {
  repository();
  commit(OF_73);
  commit('Go on');
  const { status, stdout } = check();
  expect(status).toBe(1);
  expect(stdout).toContain(`has 73 characters, 72 are allowed: ${OF_73}`);
});

test('commits before the last tag are not checked', () => {
  repository();
  commit(OF_73);
  git('tag', 'v1');
  commit('Go on');
  expect(check().status).toBe(0);
});

test('a shallow clone is checked as far as it goes', () => {
  repository();
  commit(OF_73);
  commit('Go on');
  for (const [depth, status] of [
    ['1', 0],
    ['3', 1],
  ] as const) {
    git('clone', '--quiet', '--depth', depth, `file://${folder}`, join(folder, depth));
    expect(check(join(folder, depth)).status).toBe(status);
  }
});

test('without a history nothing is checked', () => {
  expect(check().status).toBe(0);
});
