/** Connections that are cut in the middle of a transaction do not use the pool up. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../../src/db/connection/orm.ts';
import { ReleasingClient } from '../../../../src/db/connection/releasing-client.ts';
import { cloneServices, type TestServices } from '../../../support/database.ts';

const CONNECTIONS = 2;
let services: TestServices;
let orm: Database;

beforeAll(async () => {
  services = await cloneServices();
  const settings = { connectionsMax: CONNECTIONS, applicationName: 'seatlane-test' };
  orm = await openDatabase({ ...services, ...settings });
});

afterAll(() => orm.close(true));

test('transactions whose connection is cut leave the pool as it was', async () => {
  for (let times = 0; times < 3 * CONNECTIONS; times += 1) {
    const cut = orm.em.fork().transactional(async (em) => {
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(em.getKysely());
    });
    await expect(cut).rejects.toThrow();
  }
  const all = Array.from({ length: CONNECTIONS }, () =>
    orm.em.fork().transactional(async (em) => {
      const found = await sql<{ one: number }>`select 1 as one`.execute(em.getKysely());
      return found.rows[0]?.one;
    }),
  );
  expect(await Promise.all(all)).toEqual([1, 1]);
});

test('a transaction that cannot begin fails at its first statement', async () => {
  const client = new ReleasingClient(services.databaseUrl) as any;
  await client.connect();
  client.connection.stream.destroy();
  await client.query('begin');
  await expect(client.query('select 1')).rejects.toThrow();
  await client.query('rollback');
});
