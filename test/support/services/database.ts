/** A separate database and Redis prefix for each test file. */
import { randomBytes } from 'node:crypto';
import { relative } from 'node:path';
import { Client } from 'pg';
import { expect, inject } from 'vitest';
import { type Database, openDatabase } from '../../../src/db/connection/orm.ts';

export interface TestServices {
  databaseUrl: string;
  redisUrl: string;
  redisPrefix: string;
}

/** Returns the rows of a query, over a separate connection. */
export async function queryDatabase<Row extends object>(
  databaseUrl: string,
  text: string,
): Promise<Row[]> {
  const client = new Client(databaseUrl);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/**
 * Clones the migrated template. The clone stays until the end of the run, for the audit, and carries the name of the
 * test file, so that a finding can be looked for.
 */
export async function cloneServices(): Promise<TestServices> {
  const name = `${inject('templateName')}_c_${randomBytes(4).toString('hex')}`;
  const statement = `create database ${name} template ${inject('templateName')}`;
  await queryDatabase(inject('databaseUrl'), statement);
  const file = relative(process.cwd(), expect.getState().testPath ?? 'unknown').replaceAll("'", '');
  await queryDatabase(inject('databaseUrl'), `comment on database ${name} is '${file}'`);
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  return { databaseUrl: url.href, redisUrl: inject('redisUrl'), redisPrefix: name };
}

/** Opens a clone over one connection, which plans as those of API and worker processes do. */
export async function openClone(): Promise<Database> {
  const { databaseUrl } = await cloneServices();
  return openDatabase({
    databaseUrl,
    connectionsMax: 1,
    applicationName: 'test',
    isByKeyOnly: true,
  });
}
