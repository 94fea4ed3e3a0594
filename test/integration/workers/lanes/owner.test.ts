/** Every lane has a worker that consumes it, whatever happens to locks, epochs and rows. */
import { Writable } from 'node:stream';
import pino from 'pino';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { LANE_LOCKS } from '../../../../src/db/lanes/lock-keys.ts';
import { laneNames, laneOf } from '../../../../src/lanes/lanes.ts';
import { OwnerSession } from '../../../../workers/lanes/owner-session.ts';
import { openTcpLine } from '../../../support/network/tcp-line.ts';
import { holdLock } from '../../../support/services/hold-lock.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
afterEach(() => seatlane.stop());

const charge = (token: string, prefer = 'wait=20') =>
  seatlane.client.request('POST', '/points/charge', {
    token,
    body: { amount: 1 },
    headers: { Prefer: prefer },
  });

/** A user whose commands go to this lane. */
async function tokenIn(lane: string): Promise<string> {
  for (let number = 0; ; number += 1) {
    const subject = `user ${number}`;
    if (laneOf({ kind: 'user', key: subject }, seatlane.config) === lane) {
      return seatlane.client.tokenFor(subject);
    }
  }
}

const CANNOT_OWN = 'This worker cannot own lanes';

/** A log whose lines the test can read. */
function keptLog() {
  const lines: { msg: string; lanes?: string[] }[] = [];
  const write = (chunk: Buffer, _: unknown, done: () => void) => {
    lines.push(JSON.parse(chunk.toString()));
    done();
  };
  return { lines, log: pino({ level: 'info' }, new Writable({ write })) };
}

const statusIn = async (lane: string) => (await charge(await tokenIn(lane))).status;

test('an owner takes a lane again after another client has raised its epoch', async () => {
  seatlane = await startSeatlane();
  expect(await statusIn('user-3')).toBe(200);
  await seatlane.rows(`update lane set epoch = epoch + 1, owner = 'late' where name = 'user-3'`);
  expect(await statusIn('user-3')).toBe(200);
});

test('a lane locked by a former owner’s batch is taken when the batch ends, the other lanes immediately', async () => {
  seatlane = await startSeatlane({ workers: 0 });
  const { databaseUrl } = seatlane.services;
  const end = await holdLock(databaseUrl, `select from lane where name = 'user-3' for share`);
  const worker = await seatlane.addWorker();
  await waitFor('all other lanes are taken', () => worker.owned.length === 15);
  expect(worker.owned).not.toContain('user-3');
  await end();
  expect(await statusIn('user-3')).toBe(200);
});

test('a worker whose session ends while it takes lanes consumes none without their locks', async () => {
  const { log, lines } = keptLog();
  seatlane = await startSeatlane({ workers: 0, log });
  const { rows } = seatlane;
  const take = OwnerSession.prototype.take;
  const ended: string[][] = [];
  const spy = vi.spyOn(OwnerSession.prototype, 'take').mockImplementationOnce(async function (
    this: OwnerSession,
    lanes,
    max,
  ) {
    const epochs = await take.call(this, lanes, max);
    // The answer is on its way while PostgreSQL ends the session.
    await rows(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name like 'seatlane-owner%' and datname = current_database()`,
    );
    await waitFor('the worker knows', () => lines.some(({ msg }) => msg.startsWith(CANNOT_OWN)));
    ended.push([...epochs.keys()]);
    return epochs;
  });
  onTestFinished(() => spy.mockRestore());
  const worker = await seatlane.addWorker({ parts: ['user'] });
  await waitFor('all lanes are taken', () => worker.owned.length === 8);
  expect(ended).toEqual([laneNames(seatlane.config, ['user'])]);
  const locks = await rows(
    `select from pg_locks join pg_stat_activity using (pid)
     where classid = ${LANE_LOCKS} and objsubid = 2 and granted
       and application_name like 'seatlane-owner%' and datname = current_database()`,
  );
  expect(locks, 'it holds the locks of the lanes that it consumes').toHaveLength(8);
  for (const lane of laneNames(seatlane.config, ['user'])) expect(await statusIn(lane)).toBe(200);
});

test('releasing a lane with a slow batch leaves no other lane without an owner', async () => {
  const { log, lines } = keptLog();
  seatlane = await startSeatlane({ log });
  const { rows } = seatlane;
  // The batch sleeps for as long as this row is there.
  await rows('create table is_slow ()');
  await rows(`create function sleep_while_slow() returns trigger language plpgsql as $$ begin
    for i in 1..600 loop
      exit when to_regclass('is_slow') is null;
      perform pg_sleep(0.05);
    end loop;
    return new; end $$`);
  await rows(
    'create trigger slow before insert on point_history for each row execute function sleep_while_slow()',
  );
  onTestFinished(() => seatlane.rows('drop table if exists is_slow').then(() => undefined));
  const slow = charge(await tokenIn('user-7'));
  await waitFor('the batch is slow', async () => {
    const found = await rows(
      `select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
    );
    return found.length > 0;
  });
  const other = await seatlane.addWorker();
  await waitFor('the other lanes are shared', () => other.owned.length >= 7, 20_000);
  // For longer than PostgreSQL leaves a silent session alive.
  const began = performance.now();
  await waitFor('six seconds', () => performance.now() - began > 6000);
  await rows('drop table is_slow');
  expect((await slow).status).toBe(200);
  await waitFor('all lanes are shared', () => other.owned.length === 8, 20_000);
  expect(lines.filter(({ msg }) => msg.startsWith(CANNOT_OWN))).toEqual([]);
});

test('rows locked by another transaction delay only the commands of their keys', async () => {
  seatlane = await startSeatlane();
  const { client, services } = seatlane;
  const schedule = await client.schedule({ seats: [{ from: 1, to: 40, price: 1 }] });
  const buyers = await Promise.all(
    Array.from({ length: 12 }, (_, index) => client.admitted(`buyer ${index}`)),
  );
  await Promise.all(buyers.map(({ token }) => charge(token)));
  const lockedIds = schedule.seats.slice(0, 10).map(({ id }) => id);
  const end = await holdLock(
    services.databaseUrl,
    `with seats as materialized (select id from seat where id in (${lockedIds.join()}) for update),
       points as materialized (select user_id from points join app_user on app_user.id = user_id
         where subject in ('buyer 0', 'buyer 1') for update of points)
     select (select count(*) from seats), (select count(*) from points)`,
  );
  const book = (index: number, seat: number) =>
    client.command('POST', `/concerts/seats/${schedule.seats[seat]?.id}/book`, buyers[index]);
  const blocked = [
    ...lockedIds.map((_, seat) => book(2 + (seat % 10), seat)),
    ...[0, 1].map((index) => charge(buyers[index]?.token as string)),
  ];
  // In whatever order they come: what needs no locked row has its outcome while the rows are locked.
  for (let round = 0; round < 3; round += 1) {
    const free = await Promise.all([
      ...Array.from({ length: 8 }, (_, index) => book(2 + index, 10 + round * 8 + index)),
      ...buyers.slice(2).map(({ token }) => charge(token)),
    ]);
    expect(free.map(({ status }) => status)).toEqual(free.map(() => 200));
  }
  const first = await Promise.race([...blocked, Promise.resolve('none')]);
  expect(first).toBe('none');
  await end();
  const answers = await Promise.all(blocked);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
});

test('a command that waits for a lock longer than any timeout finally succeeds', async () => {
  seatlane = await startSeatlane();
  const { client, services } = seatlane;
  const end = await holdLock(services.databaseUrl, 'select from queue_numbering for update');
  const token = await client.tokenFor('ada');
  const entering = client.command('POST', '/users/queue', { token });
  // Tries go on for as long as the lock is held: here for a good many.
  const tries = () =>
    seatlane.rows<{ waiting: number }>(
      `select count(*)::int as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
  for (let seen = 0; seen < 6; seen += 1) {
    await waitFor('a try waits', async () => ((await tries())[0]?.waiting ?? 0) > 0);
    await waitFor('it gives up', async () => (await tries())[0]?.waiting === 0);
  }
  await end();
  expect((await entering).status).toBe(200);
});

test('a worker that cannot reach Redis releases its lanes, and rejoins when Redis is back', async () => {
  seatlane = await startSeatlane({ workers: 0 });
  const { config, services } = seatlane;
  const line = await openTcpLine(services.redisUrl);
  onTestFinished(() => line.stop());
  const cutOff = await seatlane.addWorker({ config: { ...config, redisUrl: line.url } });
  await waitFor('it owns all lanes', () => cutOff.owned.length === 16);
  const other = await seatlane.addWorker();
  await waitFor('they share the lanes', () => other.owned.length === 8);
  line.hold();
  await waitFor('the other worker owns all lanes', () => other.owned.length === 16, 20_000);
  expect(cutOff.owned).toEqual([]);
  for (const lane of laneNames(config, ['user'])) expect(await statusIn(lane)).toBe(200);
  line.pass();
  await waitFor('they share the lanes again', () => cutOff.owned.length === 8, 20_000);
  for (const lane of laneNames(config, ['user'])) expect(await statusIn(lane)).toBe(200);
}, 90_000);

test('a lane that cannot be taken yet does not prevent taking another one', async () => {
  seatlane = await startSeatlane({ workers: 0 });
  const { databaseUrl } = seatlane.services;
  // Two workers share the lanes of users. The first lanes belong to a former owner's open batch.
  const end = await holdLock(
    databaseUrl,
    `select from lane where name in ('user-0', 'user-1', 'user-2', 'user-3') for share`,
  );
  const [one, other] = [
    await seatlane.addWorker({ parts: ['user'] }),
    await seatlane.addWorker({ parts: ['user'] }),
  ];
  await waitFor('the four others are taken', () => one.owned.length + other.owned.length === 4);
  await end();
  await waitFor('all are taken', () => one.owned.length + other.owned.length === 8);
});
