/**
 * `npm run audit`: proves from the database alone that nothing was sold, charged or paid twice. Prints each check, the
 * number of rows that it covers, and violations; exits with 1 if there are any. It reads one snapshot, so it can run
 * while the system is running.
 */

import { IsolationLevel } from '@mikro-orm/postgresql';
import { type Kysely, sql } from 'kysely';
import { readCommandLine } from '../src/config/command-line.ts';
import { openDatabase } from '../src/db/connection/orm.ts';
import type { Check } from './audit/check.ts';
import { checks } from './audit/checks.ts';
import { progress } from './lib/progress.ts';
import { runScript } from './lib/run-script.ts';

readCommandLine(import.meta.filename, {});

/** The most violations that are printed for a check; the others are counted. */
const SHOWN_MAX = 10;

interface Finding {
  counted: number;
  found: number;
  shown: string[];
}

await runScript('Nothing was changed.', async ({ databaseUrl }) => {
  const findings = await audit(databaseUrl);
  for (const [{ promise }, { counted, found, shown }] of findings) {
    console.log(`${found === 0 ? 'ok   ' : 'WRONG'} ${promise} (${counted} checked)`);
    for (const line of shown) console.log(`        ${line}`);
    if (found > shown.length) console.log(`        … and ${found - shown.length} more`);
  }
  const wrong = findings.filter(([, { found }]) => found > 0).length;
  if (wrong > 0) {
    console.log(`\n${wrong} of ${findings.length} checks failed.`);
    console.error('See docs/operations.md, "If the audit finds something".');
    return 1;
  }
  console.log('\nAll checks passed.');
  return 0;
});

/** Runs all checks in one snapshot. */
async function audit(databaseUrl: string): Promise<[Check, Finding][]> {
  const settings = { databaseUrl, connectionsMax: 1, applicationName: 'seatlane-audit' };
  const orm = await openDatabase(settings);
  const task = progress('Auditing');
  try {
    const findings = await orm.em.fork().transactional(
      async (em) => {
        const made: [Check, Finding][] = [];
        for (const [index, check] of checks.entries()) {
          task.update(index, checks.length, check.promise);
          made.push([check, await findingOf(em.getKysely(), check)]);
        }
        return made;
      },
      { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true },
    );
    task.done(`Ran ${checks.length} checks in one snapshot.`);
    return findings;
  } finally {
    await orm.close();
  }
}

async function findingOf(db: Kysely<unknown>, check: Check): Promise<Finding> {
  const { rows: counts } = await sql<{ count: string }>`
    select (${sql.raw(check.counted)}) as count`.execute(db);
  const { rows: wrong } = await sql<{ wrong: string; found: string }>`
    select wrong, count(*) over () as found from (${sql.raw(check.wrong)}) as finding(wrong)
    limit ${SHOWN_MAX}`.execute(db);
  return {
    counted: Number(counts[0]?.count),
    found: Number(wrong[0]?.found ?? 0),
    shown: wrong.map((row) => row.wrong),
  };
}
