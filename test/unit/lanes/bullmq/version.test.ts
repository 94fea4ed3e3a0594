/** The start is refused with an untested version of BullMQ; package.json pins the tested one. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import {
  refuseUntestedBullmq,
  TESTED_VERSION,
  UntestedBullmq,
} from '../../../../src/lanes/bullmq/version.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const textOf = (file: string) => readFileSync(resolve(ROOT, file), 'utf8');

test('the installed version is accepted', () => {
  expect(() => refuseUntestedBullmq()).not.toThrow();
});

test.each(['6.7.1', '6.8.0', '7.0.0', '6.6.9', 'unknown'])(
  'BullMQ %s is refused with a sentence that names both versions and what to read',
  (version) => {
    const start = () => refuseUntestedBullmq(version);
    expect(start).toThrow(UntestedBullmq);
    for (const part of [version, TESTED_VERSION, 'docs/upgrading-bullmq.md']) {
      expect(start).toThrow(part);
    }
  },
);

test('package.json, the scripts and the guide name the version that was tested', () => {
  expect(JSON.parse(textOf('package.json')).dependencies.bullmq).toBe(TESTED_VERSION);
  const { packages } = JSON.parse(textOf('package-lock.json'));
  expect(packages['node_modules/bullmq'].version).toBe(TESTED_VERSION);
  for (const script of ['add', 'take', 'finish', 'inspect', 'reserve']) {
    expect(textOf(`src/lanes/bullmq/${script}.lua`)).toContain(`BullMQ ${TESTED_VERSION}`);
  }
});
