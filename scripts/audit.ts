/**
 * `npm run audit`: proves from the database alone that nothing was sold, charged or paid twice. Prints each check that
 * failed, with its violations, and exits with 1 if there are any. It reads one snapshot, so it can run while the system is
 * running.
 *
 *   npm run audit -- --verbose   also prints the checks that passed, with the number of rows that each covers
 */

import { readCommandLine } from '../src/config/command-line.ts';
import { auditDatabase, linesOf } from './audit/audit-database.ts';
import { checks } from './audit/checks.ts';
import { progress } from './lib/progress.ts';
import { runScript } from './lib/run-script.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: { verbose: { type: 'boolean', default: false } },
});

await runScript('Nothing was changed.', async ({ databaseUrl }) => {
  const task = progress('Auditing');
  const findings = await auditDatabase(databaseUrl, (done, { promise }) =>
    task.update(done, checks.length, promise),
  );
  task.done(`Ran ${checks.length} checks in one snapshot.`);
  const failed = findings.filter(({ found }) => found > 0);
  const shown = values.verbose ? findings : failed;
  for (const line of shown.flatMap(linesOf)) console.log(line);
  if (shown.length > 0) console.log('');
  if (failed.length > 0) {
    console.log(`${failed.length} of ${findings.length} checks failed.`);
    console.error('See docs/operations.md, "If the audit finds something".');
    return 1;
  }
  console.log('All checks passed.');
  return 0;
});
