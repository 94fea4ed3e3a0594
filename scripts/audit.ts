/**
 * `npm run audit`: proves from the database alone that nothing was sold, charged or paid twice. Prints
 * what it checked, how many, and what is wrong; exit 1 if anything is. It reads one snapshot, so it can
 * run while the system does.
 */

import { IsolationLevel } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/db/orm.ts';
import { type Check, checks } from './audit/checks.ts';

/** How many wrong things a check shows; the rest is a number. */
const SHOWN_MAX = 10;

const { config } = readConfig();
const orm = await openDatabase({
  databaseUrl: config.databaseUrl,
  connectionsMax: 1,
  applicationName: 'seatlane-audit',
});

interface Finding {
  counted: number;
  found: number;
  shown: string[];
}

const findings = await orm.em.fork().transactional(
  async (em) => {
    const db = em.getKysely();
    const made: [Check, Finding][] = [];
    for (const check of checks) {
      const { rows: counts } = await sql<{ count: string }>`
        select (${sql.raw(check.counted)}) as count`.execute(db);
      const { rows: wrong } = await sql<{ wrong: string; found: string }>`
        select wrong, count(*) over () as found from (${sql.raw(check.wrong)}) as finding(wrong)
        limit ${SHOWN_MAX}`.execute(db);
      made.push([
        check,
        {
          counted: Number(counts[0]?.count),
          found: Number(wrong[0]?.found ?? 0),
          shown: wrong.map((row) => row.wrong),
        },
      ]);
    }
    return made;
  },
  { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true },
);
await orm.close();

for (const [{ promise }, { counted, found, shown }] of findings) {
  console.log(`${found === 0 ? 'ok   ' : 'WRONG'} ${promise} (${counted} checked)`);
  for (const line of shown) console.log(`        ${line}`);
  if (found > shown.length) console.log(`        … and ${found - shown.length} more`);
}
const wrong = findings.filter(([, { found }]) => found > 0).length;
console.log(
  wrong === 0 ? '\nNothing is wrong.' : `\n${wrong} of ${findings.length} checks failed.`,
);
process.exit(wrong === 0 ? 0 : 1);
