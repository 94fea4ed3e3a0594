/** Migrating next to others: in turn, and without holding anybody up. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { LockedOut, migrate } from '../../scripts/steps/migrate.ts';

let databaseUrl: string;
let other: Client;

beforeAll(async () => {
  const name = `${inject('templateName')}_c_${randomBytes(4).toString('hex')}`;
  const admin = new Client(inject('databaseUrl'));
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  databaseUrl = Object.assign(new URL(inject('databaseUrl')), { pathname: `/${name}` }).href;
  other = new Client(databaseUrl);
  await other.connect();
});
afterAll(() => other.end());

test('a lock that does not come in time is a sentence, and nothing is changed', async () => {
  await other.query(
    'create table mikro_orm_migrations (id serial primary key, name text, executed_at timestamptz default now())',
  );
  await other.query('begin; lock table mikro_orm_migrations in share mode');
  const locked = migrate(databaseUrl, { lockTimeoutMs: 50 });
  await expect(locked).rejects.toThrow(LockedOut);
  await expect(locked).rejects.toThrow(/waited 0\.05 s for a lock .* run it again/);
  await other.query('commit');
  const { rows } = await other.query(`select to_regclass('concert') as found`);
  expect(rows).toEqual([{ found: null }]);
});

test('several at once take turns: each migration is applied once', async () => {
  const applied = await Promise.all([1, 2, 3].map(() => migrate(databaseUrl)));
  const { rows } = await other.query('select count(*)::int as count from mikro_orm_migrations');
  expect(applied.reduce((sum, each) => sum + each, 0)).toBe(rows[0].count);
  expect(rows[0].count).toBeGreaterThan(0);
});

test('no session waits in a transaction for its turn', async () => {
  await other.query('select pg_advisory_lock(1588002830)');
  const migrating = migrate(databaseUrl);
  const { rows } = await other.query(
    `select count(*)::int as count from pg_locks where locktype = 'advisory' and not granted`,
  );
  expect(rows).toEqual([{ count: 0 }]);
  await other.query('select pg_advisory_unlock(1588002830)');
  expect(await migrating).toBe(0);
});
