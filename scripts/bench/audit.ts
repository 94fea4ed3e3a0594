/** The audit at the end of a benchmark. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Audits the database of a benchmark.
 * @param env names the database
 * @returns the last line of the audit
 * @throws Error if the audit finds something wrong
 */
export function auditOf(env: NodeJS.ProcessEnv): string | undefined {
  const script = join(import.meta.dirname, '../audit.ts');
  const output = execFileSync(process.execPath, [script], { env, encoding: 'utf8' });
  return output.trim().split('\n').at(-1);
}
