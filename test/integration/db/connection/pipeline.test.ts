/** Pipelined statements: their order, which error is thrown, and what happens to the connection. */
import { sql } from 'kysely';
import { Client, type Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../../src/db/connection/orm.ts';
import { pipelined, rowsOf } from '../../../../src/db/connection/pipeline.ts';
import { type Given, statement, unprepared } from '../../../../src/db/statement.ts';
import { cloneServices, type TestServices } from '../../../support/services/database.ts';

const CONNECTIONS = 2;

let services: TestServices;
let orm: Database;
let pool: Pool;

beforeAll(async () => {
  services = await cloneServices();
  const settings = { applicationName: 'seatlane-test', lockTimeoutMs: 50 };
  orm = await openDatabase({ ...services, ...settings, connectionsMax: CONNECTIONS });
  pool = await orm.em.getConnection().getNativeClient();
  await rowsOf(orm, unprepared(sql`create table noted (id int primary key)`));
});
afterEach(() => rowsOf(orm, unprepared(sql`truncate noted`)));
afterAll(() => orm.close(true));

const note = statement(
  'note',
  ({ id }: Given<{ id: number }>) => sql`insert into noted values (${id})`,
);
const count = unprepared(sql<{ noted: number }>`select count(*)::int as noted from noted`);
const pid = unprepared(sql<{ pid: number }>`select pg_backend_pid() as pid`);
const cut = unprepared(sql`select pg_terminate_backend(pg_backend_pid())`);

const noted = async () => (await rowsOf(orm, count))[0]?.noted;

/** Every connection of the pool at once: it waits for ever where one was lost. */
const useAll = () =>
  Promise.all(
    Array.from({ length: CONNECTIONS }, () =>
      pipelined(orm, async (send) => (await send(pid)).length),
    ),
  );

describe('a transaction', () => {
  test('sees the effects of earlier statements that were not awaited', async () => {
    const seen = await pipelined(orm, async (send) => {
      const first = send(count);
      void send(note({ id: 1 }));
      const [[before], [after]] = await Promise.all([first, send(count)]);
      return [before?.noted, after?.noted];
    });
    expect(seen).toEqual([0, 1]);
  });

  test('throws the first error rather than its consequences, and changes nothing', async () => {
    const blocker = new Client(services.databaseUrl);
    await blocker.connect();
    await blocker.query('begin; insert into noted values (7)');
    const failing = pipelined(orm, async (send) => {
      void send(note({ id: 2 }));
      void send(note({ id: 7 }));
      await send(note({ id: 3 }));
    });
    await expect(failing).rejects.toMatchObject({ code: '55P03' });
    await blocker.query('rollback');
    await blocker.end();
    expect(await noted()).toBe(0);
  });

  test('throws an error raised between successful statements', async () => {
    const ours = new Error('ours');
    const failing = pipelined(orm, async (send) => {
      await send(note({ id: 4 }));
      throw ours;
    });
    await expect(failing).rejects.toBe(ours);
    expect(await noted()).toBe(0);
  });

  test('rolls back if its work throws before it awaits', async () => {
    const failing = pipelined(orm, (send) => {
      void send(note({ id: 4 }));
      throw new Error('ours');
    });
    await expect(failing).rejects.toThrow('ours');
    expect(await noted()).toBe(0);
  });

  test('throws the error of a statement that was not awaited', async () => {
    await rowsOf(orm, note({ id: 5 }));
    const failing = pipelined(orm, async (send) => {
      void send(note({ id: 8 }));
      void send(note({ id: 5 }));
      return 'done';
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect(await noted()).toBe(1);
  });
});

describe('a connection', () => {
  test('is usable after a failed statement, including its prepared statements', async () => {
    for (const id of [5, 5, 6]) {
      await pipelined(orm, async (send) => send(note({ id }))).catch(() => 0);
    }
    expect(await noted()).toBe(2);
  });

  test('that drops during a transaction is replaced in the pool', async () => {
    for (let times = 0; times < 3 * CONNECTIONS; times += 1) {
      await expect(pipelined(orm, async (send) => send(cut))).rejects.toThrow();
    }
    expect(await useAll()).toEqual([1, 1]);
  });

  test('that drops before `begin` fails the transaction, and is replaced in the pool', async () => {
    for (let times = 0; times < 3 * CONNECTIONS; times += 1) {
      pool.once('acquire', (client) => (client as any).connection.stream.destroy());
      await expect(pipelined(orm, async (send) => send(pid))).rejects.toThrow();
    }
    expect(await useAll()).toEqual([1, 1]);
  });

  test.each([
    ['statement', () => rowsOf(orm, note({ id: 9 }))],
    ['transaction', () => pipelined(orm, async (send) => send(note({ id: 9 })))],
  ])(
    'to a server that takes no writes is closed after the first %s that writes',
    async (_, write) => {
      const readOnly = unprepared(sql`set default_transaction_read_only = on`);
      await pipelined(orm, async (send) => {
        await send(readOnly);
        await pipelined(orm, async (sendOther) => sendOther(readOnly));
      });
      for (let connection = 0; connection < CONNECTIONS; connection += 1) {
        await expect(write()).rejects.toMatchObject({ code: '25006' });
      }
      await write();
      expect(await noted()).toBe(1);
    },
  );

  test('returns numbers and dates as the entities declare them', async () => {
    const values = sql<object>`select 9007199254740991::bigint as most, count(*) as count,
      timestamptz '2026-11-27 12:00:00.123456+02' as time, null::timestamptz as never`;
    expect(await rowsOf(orm, unprepared(values))).toEqual([
      { most: 9007199254740991, count: 1, time: new Date('2026-11-27T10:00:00.123Z'), never: null },
    ]);
  });
});
