/**
 * `npm run audit`: proves from the database alone that nothing was sold, charged or paid twice. Prints each check, the
 * number of rows that it covers, and violations; exits with 1 if there are any. It reads one snapshot, so it can run
 * while the system is running.
 */

import { readCommandLine } from '../src/config/command-line.ts';
import { auditDatabase, linesOf } from './audit/audit-database.ts';
import { checks } from './audit/checks.ts';
import { progress } from './lib/progress.ts';
import { runScript } from './lib/run-script.ts';

readCommandLine(import.meta.filename, {});

await runScript('Nothing was changed.', async ({ databaseUrl }) => {
  const task = progress('Auditing');
  const findings = await auditDatabase(databaseUrl, (done, { promise }) =>
    task.update(done, checks.length, promise),
  );
  task.done(`Ran ${checks.length} checks in one snapshot.`);
  for (const line of findings.flatMap(linesOf)) console.log(line);
  const wrong = findings.filter(({ found }) => found > 0).length;
  if (wrong > 0) {
    console.log(`\n${wrong} of ${findings.length} checks failed.`);
    console.error('See docs/operations.md, "If the audit finds something".');
    return 1;
  }
  console.log('\nAll checks passed.');
  return 0;
});
