/** Runs all checks on one database. */
import { IsolationLevel } from '@mikro-orm/postgresql';
import { type Kysely, sql } from 'kysely';
import { openDatabase } from '../../src/db/connection/orm.ts';
import type { Check } from './check.ts';
import { checks } from './checks.ts';

/** The most violations that are printed for a check; the others are counted. */
const SHOWN_MAX = 10;

/** What a check has found. */
export interface Finding {
  promise: string;
  /** The number of rows that the check covers. */
  counted: number;
  /** The number of violations. */
  found: number;
  /** The first violations, a sentence each. */
  shown: string[];
}

/**
 * Runs all checks in one snapshot, so that the system may run meanwhile.
 * @param onCheck called before each check
 */
export async function auditDatabase(
  databaseUrl: string,
  onCheck: (done: number, check: Check) => void = () => undefined,
): Promise<Finding[]> {
  const settings = { databaseUrl, connectionsMax: 1, applicationName: 'seatlane-audit' };
  const orm = await openDatabase(settings);
  try {
    return await orm.em.fork().transactional(
      async (em) => {
        const findings: Finding[] = [];
        for (const check of checks) {
          onCheck(findings.length, check);
          findings.push(await findingOf(em.getKysely(), check));
        }
        return findings;
      },
      { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true },
    );
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
    promise: check.promise,
    counted: Number(counts[0]?.count),
    found: Number(wrong[0]?.found ?? 0),
    shown: wrong.map((row) => row.wrong),
  };
}

/** The lines that tell of a finding. */
export function linesOf({ promise, counted, found, shown }: Finding): string[] {
  const lines = [`${found === 0 ? 'ok   ' : 'WRONG'} ${promise} (${counted} checked)`];
  for (const line of shown) lines.push(`        ${line}`);
  if (found > shown.length) lines.push(`        … and ${found - shown.length} more`);
  return lines;
}
