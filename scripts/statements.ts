/**
 * `npm run statements`: prints the statements that PostgreSQL spends most time on, as the extension pg_stat_statements has counted
 * them since its last reset, in this database and from all processes.
 *
 *   npm run statements -- [--by total|mean|calls] [--limit 20]
 *   npm run statements -- --reset              forgets the counts of this database
 */
import { type RawBuilder, sql } from 'kysely';
import { readCommandLine, refuseUsage } from '../src/config/command-line.ts';
import { type Database, openDatabase } from '../src/db/connection/orm.ts';
import { runScript } from './lib/run-script.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    by: { type: 'string', default: 'total' },
    limit: { type: 'string', default: '20' },
    reset: { type: 'boolean', default: false },
  },
});

const ORDERS: Readonly<Record<string, RawBuilder<unknown>>> = {
  total: sql`total_exec_time`,
  mean: sql`mean_exec_time`,
  calls: sql`calls`,
};
const LIMIT_MAX = 1000;
/** How many characters of a statement are printed. */
const TEXT_LENGTH_MAX = 160;

/** PostgreSQL's codes of a missing extension (its view or its function), of a library that was not loaded, and of a missing right. */
const REASONS: Readonly<Record<string, string>> = {
  '42P01':
    'The extension is missing here: run `create extension pg_stat_statements` as a superuser.',
  '42883':
    'The extension is missing here: run `create extension pg_stat_statements` as a superuser.',
  '55000':
    'PostgreSQL has not loaded the library: set shared_preload_libraries = pg_stat_statements, and restart it.',
  '42501':
    'This role may not do that: it needs the rights of pg_stat_statements (docs/operations.md).',
};

interface StatementRow {
  share: number;
  calls: string;
  meanMs: number;
  maxMs: number;
  rows: number;
  text: string;
}

const order = ORDERS[values.by] ?? refuseOptions();
const limit = Number(values.limit);
if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) refuseOptions();

await runScript('Nothing was changed.', async ({ databaseUrl }) => {
  const settings = { databaseUrl, connectionsMax: 1, applicationName: 'seatlane-statements' };
  const orm = await openDatabase(settings);
  try {
    if (values.reset) await reset(orm);
    else print(await readStatements(orm, order, limit));
    return 0;
  } catch (error) {
    const why = reasonOf(error);
    if (why === undefined) throw error;
    console.error(why);
    return 1;
  } finally {
    await orm.close();
  }
});

function refuseOptions(): never {
  const sentence = `--by is total, mean or calls, and --limit a number from 1 to ${LIMIT_MAX}.`;
  return refuseUsage(import.meta.filename, sentence);
}

async function readStatements(
  orm: Database,
  order: RawBuilder<unknown>,
  limit: number,
): Promise<StatementRow[]> {
  const { rows } = await sql<StatementRow>`
    select total_exec_time / nullif(sum(total_exec_time) over (), 0) as share, calls, mean_exec_time as "meanMs",
      max_exec_time as "maxMs", rows::float8 / nullif(calls, 0) as rows,
      left(regexp_replace(query, '\\s+', ' ', 'g'), ${TEXT_LENGTH_MAX}) as text
    from pg_stat_statements
    where dbid = (select oid from pg_database where datname = current_database())
    order by ${order} desc limit ${limit}`.execute(orm.em.getKysely());
  return rows;
}

async function reset(orm: Database): Promise<void> {
  await sql`select pg_stat_statements_reset(dbid => oid) from pg_database where datname = current_database()`.execute(
    orm.em.getKysely(),
  );
  console.log('The counts of this database were reset.');
}

function print(statements: readonly StatementRow[]): void {
  console.log('  time      calls     mean ms      max ms  rows/call  statement');
  for (const { share, calls, meanMs, maxMs, rows, text } of statements) {
    const columns = [
      `${(100 * (share ?? 0)).toFixed(1)} %`.padStart(7),
      String(calls).padStart(9),
      meanMs.toFixed(3).padStart(10),
      maxMs.toFixed(1).padStart(10),
      (rows ?? 0).toFixed(1).padStart(9),
    ];
    console.log(`${columns.join('  ')}  ${text}`);
  }
}

function reasonOf(error: unknown): string | undefined {
  return REASONS[(error as { code?: string }).code ?? ''];
}
