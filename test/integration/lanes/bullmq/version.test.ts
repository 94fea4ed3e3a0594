/** Neither process starts with an untested version of BullMQ: it reports this before it connects to any service. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, inject, test } from 'vitest';
import { COMPILE_CACHE } from '../../../../scripts/lib/compile-cache.ts';
import { TESTED_VERSION } from '../../../../src/lanes/bullmq/version.ts';
import { environmentFor } from '../../../support/services/seatlane.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');

/** Makes the process read another version as the installed one. */
const PRETENDING = `data:text/javascript,
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const { readFileSync } = fs;
fs.readFileSync = (path, ...rest) =>
  String(path).endsWith('/bullmq/package.json') ? '{"version":"6.99.0"}' : readFileSync(path, ...rest);
syncBuiltinESMExports();`;

test.each(['src/main.ts', 'workers/main.ts'])('%s', async (file) => {
  const services = { databaseUrl: 'postgres://127.0.0.1:1/none', redisPrefix: 'none' };
  const env = {
    PATH: process.env.PATH,
    ...COMPILE_CACHE,
    ...environmentFor({ ...services, redisUrl: inject('redisUrl') }),
  };
  const words = ['--import', PRETENDING, resolve(ROOT, file)];
  const ended = await new Promise((resolve) => {
    execFile(process.execPath, words, { env }, (error, _, stderr) =>
      resolve([error?.code, stderr]),
    );
  });
  expect(ended).toEqual([
    1,
    expect.stringMatching(
      new RegExp(
        `^BullMQ 6\\.99\\.0 is installed.* ${TESTED_VERSION}\\. .*upgrading-bullmq\\.md.*\\n$`,
      ),
    ),
  ]);
});
