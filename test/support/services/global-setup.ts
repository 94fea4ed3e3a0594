/**
 * Before the tests that need services: starts PostgreSQL and Redis, makes the template database. After
 * them: with AUDIT_AFTER_TESTS set, audits every database that they left; then leaves nothing behind.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { COMPILE_CACHE } from '../../../scripts/lib/compile-cache.ts';
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

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../../..');

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
 * The tests' last word: whatever they did, nothing was sold, charged or paid twice. By the script itself, as operators
 * run it; two at a time, for as many cores as the smallest machine has.
 */
async function auditAll(databaseUrl: string, clones: readonly Clone[]): Promise<void> {
  const left = [...clones];
  const findings: string[] = [];
  const audit = async () => {
    for (let clone = left.pop(); clone !== undefined; clone = left.pop()) {
      const finding = await findingOf(withDatabase(databaseUrl, clone.name));
      const title = `audit of ${clone.name} (${clone.testFile})`;
      if (finding === null) console.log(`${title}: nothing is wrong`);
      else findings.push(`${title}: SOMETHING IS WRONG\n${finding}`);
    }
  };
  await Promise.all([audit(), audit()]);
  if (findings.length > 0)
    throw new Error(`The audit found something wrong.\n${findings.join('\n')}`);
}

/** What the audit printed if it found something; else null. */
async function findingOf(databaseUrl: string): Promise<string | null> {
  const environment = {
    ...process.env,
    ...COMPILE_CACHE,
    DATABASE_URL: databaseUrl,
    REDIS_URL: 'redis://localhost',
    JWT_SECRET: 'x'.repeat(32),
  };
  try {
    await run(process.execPath, [join(ROOT, 'scripts/audit.ts')], { env: environment });
    return null;
  } catch (error) {
    const { stdout, message } = error as { stdout?: string; message: string };
    return stdout || message;
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
