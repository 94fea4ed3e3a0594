/** `deploy/kubernetes/apply.sh`: the order of its steps, recorded by a fake kubectl. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SCRIPT = resolve(import.meta.dirname, '../../deploy/kubernetes/apply.sh');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seatlane-apply-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Cluster {
  /** A part of the kubectl call that fails. */
  failing?: string;
  /** What the former Job `migrate` is called; there is none by default. */
  formerJob?: string;
  /** The conditions of the Job, as each call shows them; the last ones stay. */
  conditions?: string[];
}

/** Runs the script against a cluster. */
function apply(cluster: Cluster = {}, words: string[] = []) {
  const { failing = 'nothing fails', formerJob = '', conditions = ['Complete'] } = cluster;
  writeFileSync(join(folder, 'conditions'), `${conditions.join('\n')}\n`);
  const kubectl = `#!/bin/sh
cd ${folder}
echo "$@" >> calls
case "$*" in *"${failing}"*) exit 1;; esac
case "$*" in
  kustomize*) echo 'version SECRET_VERSION';;
  *'get secret'*) echo 4711;;
  *'get job migrate --ignore-not-found'*) echo '${formerJob}';;
  *'get job migrate'*) head -n 1 conditions; [ $(wc -l < conditions) -eq 1 ] || sed -i 1d conditions;;
  apply*) cat >> applied;;
esac
`;
  writeFileSync(join(folder, 'kubectl'), kubectl, { mode: 0o755 });
  // The script polls the Job.
  writeFileSync(join(folder, 'sleep'), '#!/bin/sh\n', { mode: 0o755 });
  const env = { PATH: `${folder}:${process.env.PATH}` };
  const { status, stderr } = spawnSync('bash', [SCRIPT, ...words], { env, encoding: 'utf8' });
  const read = (file: string) =>
    existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '';
  const lines = read('calls').trim().split('\n');
  return {
    status,
    stderr,
    calls: lines.filter((line) => !line.startsWith('kustomize')),
    applied: read('applied'),
  };
}

const positionOf = (calls: string[], part: string) => {
  const position = calls.findIndex((call) => call.includes(part));
  expect(position, part).toBeGreaterThanOrEqual(0);
  return position;
};

function expectOrder(calls: string[], steps: string[]): void {
  const positions = steps.map((step) => positionOf(calls, step));
  expect(positions).toEqual(positions.toSorted((a, b) => a - b));
}

test('the script applies settings, database, workers and API in this order', () => {
  const { status, calls } = apply();
  expect(status).toBe(0);
  const steps = [
    'component=settings',
    'component=migrate',
    'get job migrate --output',
    'component=worker',
    'rollout status --timeout=10m deployment/worker-background',
    'component=api',
    'rollout status --timeout=10m deployment/api',
  ];
  expectOrder(calls, steps);
});

test('a rollback leaves the database, and restarts the API before the workers', () => {
  const { status, calls } = apply({}, ['--rollback']);
  expect(status).toBe(0);
  expectOrder(calls, [
    'component=settings',
    'component=api',
    'rollout status --timeout=10m deployment/api',
    'component=worker',
    'rollout status --timeout=10m deployment/worker-background',
  ]);
  expect(calls.filter((call) => call.includes('migrate'))).toEqual([]);
});

test('a misspelt word is refused before anything is changed', () => {
  const { status, calls } = apply({}, ['--rolback']);
  expect(status).toBe(1);
  expect(calls).toEqual(['']);
});

test('a migration may take long', () => {
  const { status, calls } = apply({ conditions: ['', '', '', 'SuccessCriteriaMet Complete'] });
  expect(status).toBe(0);
  expect(calls.filter((call) => call.includes('get job migrate --output'))).toHaveLength(4);
});

test('a Job that still runs is not deleted before its end', () => {
  const conditions = ['', '', 'FailureTarget Failed', 'Complete'];
  const { status, calls } = apply({ formerJob: 'job.batch/migrate', conditions });
  expect(status).toBe(0);
  const before = calls.slice(0, positionOf(calls, 'delete job migrate'));
  expect(before.filter((call) => call.includes('get job migrate --output'))).toHaveLength(3);
});

test('pods get the version of the Secret, so that a changed one restarts them', () => {
  const { applied } = apply();
  expect(new Set(applied.trim().split('\n'))).toEqual(new Set(['version ', 'version 4711']));
});

test('a failed migration leaves workers and API unchanged', () => {
  const { status, stderr, calls } = apply({ conditions: ['', 'Failed'] });
  expect(status).toBe(1);
  expect(stderr).toContain('workers and API are unchanged');
  expect(calls.filter((call) => /component=(worker|api)/.test(call))).toEqual([]);
});

test('a failed rollout of workers leaves the API unchanged', () => {
  const { status, calls } = apply({
    failing: 'rollout status --timeout=10m deployment/worker-seat',
  });
  expect(status).toBe(1);
  expect(calls.filter((call) => call.includes('component=api'))).toEqual([]);
});

test('without the secret the database is not migrated', () => {
  const { status, stderr, calls } = apply({ failing: 'get secret' });
  expect(status).toBe(1);
  expect(stderr).toContain('secret.example.yaml');
  expect(calls.filter((call) => call.includes('component=migrate'))).toEqual([]);
});
