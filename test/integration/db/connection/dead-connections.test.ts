/** Dead connections are closed; connections with slow statements are not. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DeadConnections } from '../../../../src/db/connection/dead-connections.ts';
import { type Database, openDatabase } from '../../../../src/db/connection/orm.ts';
import { openLog } from '../../../../src/runtime/log.ts';
import { openTcpLine, type TcpLine } from '../../../support/network/tcp-line.ts';
import { cloneServices, queryDatabase } from '../../../support/services/database.ts';

let directUrl: string;
let line: TcpLine;
let orm: Database;
let watch: DeadConnections;
beforeAll(async () => {
  const { databaseUrl } = await cloneServices();
  directUrl = databaseUrl;
  line = await openTcpLine(databaseUrl);
  orm = await openDatabase({
    databaseUrl: line.url,
    connectionsMax: 2,
    applicationName: 'seatlane-test',
  });
  const pool = await orm.em.getConnection().getNativeClient();
  watch = new DeadConnections(pool, { databaseUrl: line.url, log: openLog('test', 'silent') });
});
afterAll(async () => {
  watch.stop();
  await orm.close();
  await line.stop();
});

const ask = (seconds: number) =>
  sql<{ told: string }>`select 'here' as told, pg_sleep(${seconds})`
    .execute(orm.em.getKysely())
    .then(({ rows }) => rows[0]?.told);

test('a statement that takes longer than the silence limit gets its result', async () => {
  expect(await ask(6)).toBe('here');
});

test('a statement whose packets are lost fails, and the next one uses a new connection', async () => {
  await ask(0);
  line.holdOpen();
  await expect(ask(0)).rejects.toThrow('packets are lost');
  expect(await ask(0)).toBe('here');
});

test('a statement whose backend has ended unnoticed fails, and the next one uses a new connection', async () => {
  await ask(0);
  line.holdOpen();
  const lost = expect(ask(0)).rejects.toThrow('packets are lost');
  // As when PostgreSQL is restarted, or ends a session that is idle in a transaction.
  await queryDatabase(
    directUrl,
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'seatlane-test'`,
  );
  await lost;
  expect(await ask(0)).toBe('here');
});
