/** Runs the tests of alert rules by promtool, which comes with Prometheus. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of promtool; undefined if it is not installed. */
export const PROMTOOL = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'promtool'))
  .find((path) => existsSync(path));

if (!PROMTOOL) console.warn('There is no promtool here: the tests of alerts are not run.');

/** @param files tests of rules @returns what promtool prints, and whether all tests passed */
export function testRules(files: readonly string[]): { output: string; hasPassed: boolean } {
  const words = ['test', 'rules', ...files];
  try {
    const output = execFileSync(PROMTOOL ?? 'promtool', words, { encoding: 'utf8', stdio: 'pipe' });
    return { output, hasPassed: true };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { output: `${stdout}${stderr}`, hasPassed: false };
  }
}
