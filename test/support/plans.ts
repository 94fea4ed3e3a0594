/** The plans of a connection's prepared statements, as PostgreSQL makes them from its present statistics. */
import type { Database } from '../../src/db/connection/orm.ts';
import { openClone } from './services/database.ts';
import { databaseRows } from './services/rows.ts';

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Plans?: PlanNode[];
}

const BY_INDEX = ['Index Scan', 'Index Only Scan', 'Bitmap Index Scan'];

/** What a node reads as a whole: a table, or an index without a condition. */
function wholeRead(node: PlanNode): string[] {
  const below = (node.Plans ?? []).flatMap(wholeRead);
  const type = node['Node Type'];
  if (type === 'Seq Scan') return [node['Relation Name'] ?? type, ...below];
  const isWhole = BY_INDEX.includes(type) && node['Index Cond'] === undefined;
  return isWhole ? [node['Index Name'] ?? type, ...below] : below;
}

interface Prepared {
  name: string;
  text: string;
  parameters: number;
}

const PREPARED = `select name, statement as text, coalesce(array_length(parameter_types, 1), 0) as parameters
  from pg_prepared_statements where name <> ''`;

/**
 * Plans each prepared statement of the one connection of this pool anew.
 * @returns what the plans read as a whole, as `statement: table or index`
 */
export async function wholeReads(orm: Database): Promise<string[]> {
  const statements = await databaseRows(orm)<Prepared>(PREPARED);
  await databaseRows(orm)('discard plans');
  return wholeReadsOf(orm, statements);
}

/**
 * Plans the prepared statements of the one connection of this pool in a new database whose tables are empty, and known to be, as after
 * `analyze`. There it costs nothing to read an index as a whole, and such a plan stays for a while when the table fills.
 * @returns as `wholeReads`
 */
export async function wholeReadsWhenEmpty(orm: Database): Promise<string[]> {
  const statements = await databaseRows(orm)<Prepared>(PREPARED);
  const empty = await openClone();
  try {
    const rows = databaseRows(empty);
    await rows('vacuum analyze');
    for (const { name, text } of statements) await rows(`prepare "${name}" as ${text}`);
    return await wholeReadsOf(empty, statements);
  } finally {
    await empty.close();
  }
}

async function wholeReadsOf(orm: Database, statements: readonly Prepared[]): Promise<string[]> {
  const rows = databaseRows(orm);
  const found: string[] = [];
  for (const { name, parameters } of statements) {
    const nulls = parameters > 0 ? `(${Array(parameters).fill('null').join(', ')})` : '';
    const [explained] = await rows<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (format json) execute "${name}"${nulls}`,
    ).catch(() => []);
    if (!explained) continue;
    for (const read of wholeRead(explained['QUERY PLAN'][0].Plan)) found.push(`${name}: ${read}`);
  }
  return [...new Set(found)].toSorted();
}
