/** Describes the machine on which the figures were measured. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'pg';

const SETTINGS = ['synchronous_commit', 'fsync', 'shared_buffers', 'max_wal_size'];
const PACKAGES = ['bullmq', 'ioredis', 'hono', '@hono/node-server', '@mikro-orm/postgresql', 'pg'];

export interface Machine {
  machine: { cpu: string; cores: number; memoryGb: number; pgbenchPerSecond: number | null };
  versions: Record<string, string>;
  settings: Record<string, string>;
}

export async function readMachine(databaseUrl: string): Promise<Machine> {
  const client = new Client(databaseUrl);
  await client.connect();
  const settings: Record<string, string> = { 'Redis appendonly': 'yes' };
  for (const name of SETTINGS) {
    const { rows } = await client.query(`show ${name}`);
    settings[name] = rows[0][name];
  }
  const version = (await client.query('show server_version')).rows[0].server_version;
  await client.query(
    `create table if not exists pgbench_row (id int primary key, value int not null)`,
  );
  await client.query(
    `create table if not exists pgbench_line (id int not null, at timestamptz not null)`,
  );
  await client.query(`insert into pgbench_row select n, 0 from generate_series(1, 10000) n
    on conflict do nothing`);
  await client.end();
  const { dependencies } = JSON.parse(
    readFileSync(resolve(import.meta.dirname, '../../../package.json'), 'utf8'),
  );
  const packages = PACKAGES.map((name) => [name, dependencies[name]]);
  return {
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryGb: Math.round(totalmem() / 2 ** 30),
      pgbenchPerSecond: pgbench(databaseUrl),
    },
    versions: { node: process.version, PostgreSQL: version, ...Object.fromEntries(packages) },
    settings,
  };
}

/** One update and one insert per transaction, on 20 connections: the speed of PostgreSQL itself on this machine. */
const SCRIPT = `\\set id random(1, 10000)
begin;
update pgbench_row set value = value + 1 where id = :id;
insert into pgbench_line values (:id, now());
commit;
`;

/** @returns transactions per second, or null if pgbench is not installed */
function pgbench(databaseUrl: string): number | null {
  const folder = mkdtempSync(join(tmpdir(), 'seatlane-pgbench-'));
  const script = join(folder, 'script.sql');
  writeFileSync(script, SCRIPT);
  const options = { file: script, client: '20', jobs: '2', time: '3', protocol: 'prepared' };
  const words = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const command = ['--no-vacuum', ...words, databaseUrl];
  try {
    const output = execFileSync('pgbench', command, { encoding: 'utf8', stdio: 'pipe' });
    return Math.round(Number(/tps = ([\d.]+)/.exec(output)?.[1]));
  } catch {
    return null;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
