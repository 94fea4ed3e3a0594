/** The plans of a connection's prepared statements, as PostgreSQL makes them from its present statistics. */
import type { Database } from '../../src/db/connection/orm.ts';
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

/**
 * Plans each prepared statement of the one connection of this pool anew.
 * @returns what the plans read as a whole, as `statement: table or index`
 */
export async function wholeReads(orm: Database): Promise<string[]> {
  const rows = databaseRows(orm);
  const statements = await rows<{ name: string; parameters: number }>(
    `select name, coalesce(array_length(parameter_types, 1), 0) as parameters from pg_prepared_statements
     where name <> ''`,
  );
  await rows('discard plans');
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
