/** A database and a Redis prefix of one's own for each test file. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

export interface TestServices {
  databaseUrl: string;
  redisUrl: string;
  redisPrefix: string;
}

/** Clones the migrated template. The clone stays until the end of the run, for the audit. */
export async function cloneServices(): Promise<TestServices> {
  const name = `${inject('templateName')}_c_${randomBytes(4).toString('hex')}`;
  const admin = new Client(inject('databaseUrl'));
  await admin.connect();
  try {
    await admin.query(`create database ${name} template ${inject('templateName')}`);
  } finally {
    await admin.end();
  }
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  return { databaseUrl: url.href, redisUrl: inject('redisUrl'), redisPrefix: name };
}
