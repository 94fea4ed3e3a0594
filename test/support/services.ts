/**
 * Before the tests that need services: starts PostgreSQL and Redis, makes the template database. After
 * them: with AUDIT_AFTER_TESTS set, audits every database that they left.
 */
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../scripts/steps/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A database from which others are created. */
    databaseUrl: string;
    /** Migrated and empty; test files clone it. */
    templateName: string;
    redisUrl: string;
  }
}

const ROOT = resolve(import.meta.dirname, '../..');

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await startServices();
  const templateName = `t_${project.name}_${process.pid}`;
  const databaseUrl = services.settings.DATABASE_URL;
  await query(databaseUrl, `create database ${templateName}`);
  await migrate(withDatabase(databaseUrl, templateName));
  project.provide('databaseUrl', databaseUrl);
  project.provide('redisUrl', services.settings.REDIS_URL);
  project.provide('templateName', templateName);
  return async () => {
    try {
      if (process.env.AUDIT_AFTER_TESTS) await auditClones(databaseUrl, templateName);
    } finally {
      await services.stop();
    }
  };
}

interface Services {
  settings: { DATABASE_URL: string; REDIS_URL: string };
  stop(): Promise<void>;
}

async function startServices(): Promise<Services> {
  const folder = await mkdtemp(join(tmpdir(), 'seatlane-test-'));
  const child = fork(join(ROOT, 'scripts/services.ts'), ['--data', folder], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const [settings] = await Promise.race([
    once(child, 'message'),
    exited.then(() => {
      throw new Error('The services for the tests did not start.');
    }),
  ]);
  return {
    settings: settings as Services['settings'],
    async stop() {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The tests' last word: whatever they did, nothing was sold, charged or paid twice. */
async function auditClones(databaseUrl: string, templateName: string): Promise<void> {
  const rows = await query(
    databaseUrl,
    `select datname from pg_database where datname like '${templateName}_c_%' order by 1`,
  );
  for (const { datname } of rows) {
    const environment = {
      ...process.env,
      DATABASE_URL: withDatabase(databaseUrl, datname as string),
      REDIS_URL: 'redis://localhost',
      JWT_SECRET: 'x'.repeat(32),
    };
    const script = join(ROOT, 'scripts/audit.ts');
    try {
      execFileSync(process.execPath, [script], { env: environment, encoding: 'utf8' });
      console.log(`audit of ${datname}: nothing is wrong`);
    } catch (error) {
      console.error((error as { stdout?: string }).stdout);
      throw new Error(`The audit of ${datname} found something wrong.`);
    }
  }
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
