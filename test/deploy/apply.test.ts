/** `deploy/kubernetes/apply.sh`: the order of its steps, recorded by a fake kubectl. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SCRIPT = resolve(import.meta.dirname, '../../deploy/kubernetes/apply.sh');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seatlane-apply-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the script. @param failing a part of the kubectl call that fails */
function apply(failing = 'nothing fails') {
  const calls = join(folder, 'calls');
  const kubectl = `#!/bin/sh\necho "$@" >> ${calls}\ncase "$*" in *"${failing}"*) exit 1;; esac\n`;
  writeFileSync(join(folder, 'kubectl'), kubectl, { mode: 0o755 });
  const env = { PATH: `${folder}:${process.env.PATH}` };
  const { status, stderr } = spawnSync('bash', [SCRIPT], { env, encoding: 'utf8' });
  const lines = readFileSync(calls, 'utf8').trim().split('\n');
  return { status, stderr, calls: lines.filter((line) => !line.startsWith('kustomize')) };
}

const positionOf = (calls: string[], part: string) => {
  const position = calls.findIndex((call) => call.includes(part));
  expect(position, part).toBeGreaterThanOrEqual(0);
  return position;
};

test('the script applies settings, database, workers and API in this order', () => {
  const { status, calls } = apply();
  expect(status).toBe(0);
  const steps = [
    'component=settings',
    'delete job migrate',
    'component=migrate',
    'wait --for',
    'component=worker',
    'rollout status --timeout=10m deployment/worker-background',
    'component=api',
    'rollout status --timeout=10m deployment/api',
  ];
  const positions = steps.map((step) => positionOf(calls, step));
  expect(positions).toEqual(positions.toSorted((a, b) => a - b));
});

test('a failed migration leaves workers and API unchanged', () => {
  const { status, stderr, calls } = apply('wait --for');
  expect(status).toBe(1);
  expect(stderr).toContain('workers and API are unchanged');
  expect(calls.filter((call) => /component=(worker|api)/.test(call))).toEqual([]);
});

test('a failed rollout of workers leaves the API unchanged', () => {
  const { status, calls } = apply('rollout status --timeout=10m deployment/worker-seat');
  expect(status).toBe(1);
  expect(calls.filter((call) => call.includes('component=api'))).toEqual([]);
});

test('without the secret the database is not migrated', () => {
  const { status, stderr, calls } = apply('get secret');
  expect(status).toBe(1);
  expect(stderr).toContain('secret.example.yaml');
  expect(calls.filter((call) => call.includes('component=migrate'))).toEqual([]);
});
