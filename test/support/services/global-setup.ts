/**
 * Before the tests that need services: starts PostgreSQL and Redis, makes the template database. After
 * them: with AUDIT_AFTER_TESTS set, audits every database that they left; then leaves nothing behind.
 */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { auditDatabase, linesOf } from '../../../scripts/audit/audit-database.ts';
import { migrate } from '../../../scripts/steps/migrate.ts';
import { startTemporaryServices } from './temporary-services.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The database from which others are created. */
    databaseUrl: string;
    /** Migrated and empty; test files clone it. */
    templateName: string;
    redisUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await startTemporaryServices();
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = services.settings;
  const templateName = `t_${project.name}_${randomBytes(4).toString('hex')}`;
  try {
    await query(databaseUrl, `create database ${templateName}`);
    await migrate(withDatabase(databaseUrl, templateName));
  } catch (error) {
    await services.stop();
    throw error;
  }
  project.provide('databaseUrl', databaseUrl);
  project.provide('redisUrl', redisUrl);
  project.provide('templateName', templateName);
  return async () => {
    try {
      const clones = await clonesOf(databaseUrl, templateName);
      if (process.env.AUDIT_AFTER_TESTS) await auditAll(databaseUrl, clones);
      // Servers that were started here go with their folder. On others, a database in which the audit
      // found something stays for whoever wants to look.
      const names = [...clones.map(({ name }) => name), templateName];
      if (process.env.DATABASE_URL) await dropAll(databaseUrl, names);
      if (process.env.REDIS_URL) await deleteKeys(redisUrl, `${templateName}_c_*`);
    } finally {
      await services.stop();
    }
  };
}

/** A test file's database. */
interface Clone {
  name: string;
  testFile: string;
}

async function clonesOf(databaseUrl: string, templateName: string): Promise<Clone[]> {
  const rows = await query(
    databaseUrl,
    `select datname as name, coalesce(shobj_description(oid, 'pg_database'), '') as "testFile" from pg_database
    where starts_with(datname, '${templateName}_c_') order by 1`,
  );
  return rows as unknown as Clone[];
}

/**
 * The tests' last word: whatever they did, nothing was sold, charged or paid twice. In this process, as starting the script
 * takes longer than its checks; two at a time, for as many cores as the smallest machine has.
 */
async function auditAll(databaseUrl: string, clones: readonly Clone[]): Promise<void> {
  const left = [...clones];
  const wrong: string[] = [];
  const audit = async () => {
    for (let clone = left.pop(); clone !== undefined; clone = left.pop()) {
      const title = `audit of ${clone.name} (${clone.testFile})`;
      const findings = await findingsIn(withDatabase(databaseUrl, clone.name));
      if (findings.length === 0) console.log(`${title}: nothing is wrong`);
      else wrong.push(`${title}: SOMETHING IS WRONG`, ...findings);
    }
  };
  await Promise.all([audit(), audit()]);
  if (wrong.length > 0) throw new Error(`The audit found something wrong.\n${wrong.join('\n')}`);
}

/** What the audit found, or why it failed. */
async function findingsIn(databaseUrl: string): Promise<string[]> {
  try {
    const findings = await auditDatabase(databaseUrl);
    return findings.filter(({ found }) => found > 0).flatMap(linesOf);
  } catch (error) {
    return [String(error)];
  }
}

async function dropAll(databaseUrl: string, names: readonly string[]): Promise<void> {
  for (const name of names) await query(databaseUrl, `drop database ${name} with (force)`);
}

async function deleteKeys(redisUrl: string, pattern: string): Promise<void> {
  const redis = new Redis(redisUrl);
  for await (const keys of redis.scanStream({ match: pattern, count: 1000 })) {
    if (keys.length > 0) await redis.unlink(...keys);
  }
  redis.disconnect();
}

async function query(databaseUrl: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client(databaseUrl);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function withDatabase(databaseUrl: string, name: string): string {
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}
