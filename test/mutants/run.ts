/**
 * Plants each fault of test/mutants in turn and runs the tests that must find it. Ends with 1 where a fault survives, or
 * where a test hangs instead of failing.
 *
 *   npm run test:mutants                        all faults, some seconds each
 *   npm run test:mutants -- --name 'blocked'    those with this text in their name
 */

import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { endOnInterrupt } from '../../scripts/lib/interrupt.ts';
import { progress } from '../../scripts/lib/progress.ts';
import { readCommandLine, refuseUsage } from '../../src/config/command-line.ts';
import { startTemporaryServices } from '../support/services/temporary-services.ts';
import { mutants } from './index.ts';
import type { Mutant } from './mutant.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** Tests that have not ended by then hang. */
const TIMEOUT_MS = 180_000;

const { values } = readCommandLine(import.meta.filename, { options: { name: { type: 'string' } } });
const chosen = mutants.filter(({ name }) => name.includes(values.name ?? ''));
if (chosen.length === 0) {
  refuseUsage(import.meta.filename, `No planted fault has '${values.name}' in its name.`);
}
endOnInterrupt('Nothing was changed on disk: faults are planted in memory.');
const services = await startTemporaryServices();
const shown = progress('Running the tests against planted faults');
const wrong: string[] = [];
try {
  for (const [index, mutant] of chosen.entries()) {
    shown.update(index, chosen.length, mutant.name);
    const result = await runAgainst(mutant);
    if (result !== 'found') wrong.push(`${result}: ${mutant.name} (${mutant.file})`);
  }
} finally {
  await services.stop();
}
if (wrong.length === 0) shown.done(`All ${chosen.length} planted faults were found.`);
else shown.failed(`${wrong.length} of ${chosen.length} planted faults were not found.`);
for (const line of wrong) console.log(line);
process.exit(wrong.length === 0 ? 0 : 1);

async function runAgainst({ name, tests }: Mutant): Promise<'found' | 'survived' | 'hung'> {
  const vitest = resolve(ROOT, 'node_modules/vitest/vitest.mjs');
  const words = [vitest, 'run', '--bail', '1', '--reporter', 'dot', ...tests];
  const env = { ...process.env, ...services.settings, MUTANT: name };
  try {
    await promisify(execFile)(process.execPath, words, {
      cwd: ROOT,
      env,
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      maxBuffer: 2 ** 26,
    });
    return 'survived';
  } catch (error) {
    const { killed, stdout } = error as { killed?: boolean; stdout?: string };
    if (killed) return 'hung';
    if (/does not have the text of/.test(stdout ?? '')) throw error;
    return 'found';
  }
}
