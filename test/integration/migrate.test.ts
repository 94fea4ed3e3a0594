/** Migrating next to others: in turn, and without holding anybody up. */
import { randomBytes } from 'node:crypto';
import { Migration } from '@mikro-orm/migrations';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { LockTimeout, migrate } from '../../scripts/steps/migrate.ts';
import { openDatabase } from '../../src/db/connection/orm.ts';
import { cloneServices } from '../support/services/database.ts';
import { databaseRows } from '../support/services/rows.ts';
import { waitFor } from '../support/wait-for.ts';

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

test('a migration that times out on a lock fails with a clear error and changes nothing', async () => {
  await other.query(
    'create table mikro_orm_migrations (id serial primary key, name text, executed_at timestamptz default now())',
  );
  await other.query('begin; lock table mikro_orm_migrations in share mode');
  const locked = migrate(databaseUrl, { lockTimeoutMs: 50 });
  await expect(locked).rejects.toThrow(LockTimeout);
  await expect(locked).rejects.toThrow(/waited 0\.05 s for a lock.* run it again/);
  await other.query('commit');
  const { rows } = await other.query(`select to_regclass('concert') as found`);
  expect(rows).toEqual([{ found: null }]);
});

test('concurrent migrations are serialised, and each is applied once', async () => {
  const applied = await Promise.all([1, 2, 3].map(() => migrate(databaseUrl)));
  const { rows } = await other.query('select count(*)::int as count from mikro_orm_migrations');
  expect(applied.reduce((sum, each) => sum + each, 0)).toBe(rows[0].count);
  expect(rows[0].count).toBeGreaterThan(0);
});

test('a migration that waits for another one holds no open transaction', async () => {
  await other.query('select pg_advisory_lock(1588002830)');
  const migrating = migrate(databaseUrl);
  const { rows } = await waitFor('somebody to ask for the turn', async () => {
    const found = await other.query<{ state: string; wait_event_type: string }>(
      `select state, wait_event_type from pg_stat_activity
      where application_name = 'seatlane-migrate' and query like '%advisory%' and state = 'idle'`,
    );
    return found.rows.length > 0 && found;
  });
  expect(rows).toEqual([{ state: 'idle', wait_event_type: 'Client' }]);
  await other.query('select pg_advisory_unlock(1588002830)');
  expect(await migrating).toBe(0);
});

class AddColumn extends Migration {
  override up() {
    this.addSql('alter table concert add column tried int');
  }
}
class IndexIt extends Migration {
  override isTransactional() {
    return false;
  }
  override up() {
    this.addSql('create index concurrently tried_idx on concert (tried)');
  }
}

test('a migration can opt out of its transaction, while others keep theirs', async () => {
  const services = await cloneServices();
  const settings = { connectionsMax: 2, applicationName: 'seatlane-test' };
  const orm = await openDatabase({ ...settings, databaseUrl: services.databaseUrl });
  const migrationsList = [AddColumn, IndexIt].map((kind) => ({ name: kind.name, class: kind }));
  orm.config.set('migrations', { ...orm.config.get('migrations'), migrationsList });
  expect((await orm.migrator.up()).map(({ name }) => name)).toEqual(['AddColumn', 'IndexIt']);
  const indexes = `select indisvalid as "isValid" from pg_index where indexrelid = 'tried_idx'::regclass`;
  expect(await databaseRows(orm)(indexes)).toEqual([{ isValid: true }]);
  await orm.close();
});
