/** Statements that are sent behind each other: in which order, and which error counts. */
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../../src/db/connection/orm.ts';
import { pipelined } from '../../../../src/db/connection/pipeline.ts';
import { cloneServices, type TestServices } from '../../../support/database.ts';

let services: TestServices;
let orm: Database;

beforeAll(async () => {
  services = await cloneServices();
  const settings = { connectionsMax: 2, applicationName: 'seatlane-test', lockTimeoutMs: 50 };
  orm = await openDatabase({ ...services, ...settings });
  await sql`create table noted (id int primary key)`.execute(orm.em.getKysely());
});

afterAll(() => orm.close(true));

const note = (id: number) => sql`insert into noted values (${id})`;
const count = sql<{ noted: number }>`select count(*)::int as noted from noted`;

test('a statement sees what was sent before it, though nobody waited', async () => {
  const seen = await pipelined(orm, async (send) => {
    const first = send(count);
    void send(note(1));
    const [[before], [after]] = await Promise.all([first, send(count)]);
    return [before?.noted, after?.noted];
  });
  expect(seen).toEqual([0, 1]);
});

test('the first error counts, not what follows from it, and nothing takes effect', async () => {
  const blocker = new Client(services.databaseUrl);
  await blocker.connect();
  await blocker.query('begin; insert into noted values (7)');
  const failing = pipelined(orm, async (send) => {
    void send(note(2));
    void send(note(7));
    await send(note(3));
  });
  await expect(failing).rejects.toMatchObject({ code: '55P03' });
  await blocker.query('rollback');
  await blocker.end();
  const { rows } = await count.execute(orm.em.getKysely());
  expect(rows).toEqual([{ noted: 1 }]);
});

test('what is thrown between statements that went well comes out as it is', async () => {
  const ours = new Error('ours');
  const failing = pipelined(orm, async (send) => {
    await send(note(4));
    throw ours;
  });
  await expect(failing).rejects.toBe(ours);
  const { rows } = await count.execute(orm.em.getKysely());
  expect(rows).toEqual([{ noted: 1 }]);
});

test('a statement that failed leaves the connection usable, prepared statements and all', async () => {
  for (const id of [5, 5, 6]) await pipelined(orm, async (send) => send(note(id))).catch(() => 0);
  const { rows } = await count.execute(orm.em.getKysely());
  expect(rows).toEqual([{ noted: 3 }]);
});

test('an error that nobody waits for is thrown all the same', async () => {
  const failing = pipelined(orm, async (send) => {
    void send(note(8));
    void send(note(5));
    return 'done';
  });
  await expect(failing).rejects.toMatchObject({ code: '23505' });
  const { rows } = await count.execute(orm.em.getKysely());
  expect(rows).toEqual([{ noted: 3 }]);
});
