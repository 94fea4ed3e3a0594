/**
 * `npm run bench:indexes`: measures the reads that need an index, with and without it, on a million seats, bookings and
 * history lines. Prints a Markdown table with the median time, and what each plan reads that the other does not.
 */

import { Client } from 'pg';
import { readCommandLine } from '../../src/config/command-line.ts';
import type { Database } from '../../src/db/connection/orm.ts';
import type { Statement } from '../../src/db/statement.ts';
import { FILL } from './indexes/fill.ts';
import { READS, type Read } from './indexes/reads.ts';
import { startBenchSystem } from './system.ts';

readCommandLine(import.meta.filename, {});
const REPEATS = 5;

type Query = Pick<Statement<unknown>, 'text' | 'values'>;

/** The statement that a read sends: it gets a database that only takes it down. @throws Error if it sends none, or several */
async function statementOf(read: Read['read']): Promise<Query> {
  if (typeof read === 'string') return { text: read, values: [] };
  const sent: Query[] = [];
  const client = {
    query: async ({ text, values }: Query) => {
      sent.push({ text, values });
      return { rows: [] };
    },
    release: () => undefined,
  };
  const pool = { connect: async () => client };
  const getConnection = () => ({ getNativeClient: async () => pool });
  await read({ em: { getConnection } } as unknown as Database);
  const [query, ...others] = sent;
  if (!query || others.length > 0) throw new Error(`A read sends ${sent.length} statements.`);
  return query;
}

interface Measured {
  ms: number;
  scans: Set<string>;
}

async function explain(client: Client, { text, values }: Query): Promise<Measured> {
  const explained = { text: `explain (analyze, timing off, format json) ${text}`, values };
  const { rows } = await client.query(explained);
  const [{ Plan: plan, 'Execution Time': ms }] = rows[0]['QUERY PLAN'];
  return { ms, scans: new Set(scansOf(plan)) };
}

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: Plan[];
}

/** Primary keys are left out: every plan has them, with and without the index. */
function scansOf(plan: Plan): string[] {
  const below = (plan.Plans ?? []).flatMap(scansOf);
  const { 'Node Type': type, 'Index Name': index, 'Relation Name': table } = plan;
  if (type === 'Seq Scan') return [...below, `${type} (${table})`];
  return index && !index.endsWith('_pkey') ? [...below, `${type} (${index})`] : below;
}

async function measure(client: Client, query: Query): Promise<Measured> {
  const all: Measured[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) all.push(await explain(client, query));
  const sorted = all.toSorted((a, b) => a.ms - b.ms);
  return sorted[Math.floor(REPEATS / 2)] as Measured;
}

const system = await startBenchSystem();
const client = new Client(system.environment.DATABASE_URL);
await client.connect();
try {
  console.error('Filling the tables; this takes a minute …');
  for (const statement of FILL) await client.query(statement);
  const { rows } = await client.query(`select (select count(*) from seat) as seats,
    (select count(*) from booking) as bookings, (select count(*) from point_history) as lines,
    (select count(*) from schedule) as schedules`);
  const [{ seats, bookings, lines, schedules }] = rows;
  console.log(
    `${seats} seats, ${bookings} bookings, ${lines} history lines, ${schedules} schedules.\n`,
  );
  console.log('| read | with index | without index | factor |\n| --- | --- | --- | --- |');
  for (const { what, indexes, read } of READS) {
    const query = await statementOf(read);
    const mine = await measure(client, query);
    // The transaction is rolled back, which restores the index.
    await client.query('begin');
    await client.query(`drop index ${indexes.join()}`);
    const without = await measure(client, query);
    await client.query('rollback');
    const show = ({ ms, scans }: Measured, other: Measured) =>
      [`${ms.toFixed(2)} ms`, ...[...scans].filter((scan) => !other.scans.has(scan))].join(', ');
    const ratio = without.ms / mine.ms;
    const factor = ratio.toFixed(ratio < 10 ? 1 : 0);
    console.log(`| ${what} | ${show(mine, without)} | ${show(without, mine)} | ${factor} |`);
  }
} finally {
  await client.end();
  await system.stop();
}
