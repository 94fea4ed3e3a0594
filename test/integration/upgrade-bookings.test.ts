/** A database of the migration before bookings lost their own state has orders in every state: it is migrated and audited. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { beforeAll, expect, inject, test } from 'vitest';
import { checks } from '../../scripts/audit/checks.ts';
import { migrate, ProcessesRunning } from '../../scripts/steps/migrate.ts';
import { openDatabase } from '../../src/db/connection/orm.ts';
import { LANE_LOCKS } from '../../src/db/lanes/lock-keys.ts';
import { queryDatabase } from '../support/services/database.ts';
import { waitFor } from '../support/wait-for.ts';

const MIGRATION = 'Migration20261127170000';
const BEFORE = 'Migration20261127160100';
const KINDS = ['seatlane-api', 'seatlane-worker'];
const OWNER = 'a process that owns a lane';
const LATE = 'a worker that connected while the migration waited';
/** So long ago that the audit looks for no receipts. */
const PAST = `now() - interval '40 days'`;
const SOON = `now() + interval '1 hour'`;

const order = (id: number, state: string, total: number) => {
  const isPaid = ['paid', 'partly-refunded', 'refunded'].includes(state);
  const isLive = ['held', 'paid', 'partly-refunded'].includes(state);
  return `insert into app_order (id, user_id, concert_id, schedule_id, queue_id, state, total, hold_expires_at, created_at,
      paid_at, ended_at, job_id) overriding system value
    values (${id}, 1, 1, 1, 1, '${state}', ${total}, ${SOON}, ${PAST}, ${isPaid ? PAST : 'null'},
      ${isLive ? 'null' : PAST}, 'user-0_order-${id}')`;
};

const booking = (id: number, orderId: number, state: string, place: 'seat' | 'area') => {
  const ids = place === 'seat' ? `${id}, null, null` : `null, 1, ${SOON} + interval '10 seconds'`;
  const end = state === 'held' || state === 'paid' ? 'null' : PAST;
  return `insert into booking (id, order_id, user_id, concert_id, schedule_id, seat_id, area_id, area_held_until, price, state,
      hold_expires_at, created_at, ended_at, job_id) overriding system value
    values (${id}, ${orderId}, 1, 1, 1, ${ids}, ${place === 'seat' ? 100 : 50}, '${state}', ${SOON}, ${PAST}, ${end},
      'user-0_order-${orderId}')`;
};

/** Points that moved for an order: what it cost, or what was refunded of a booking. */
const moved = (orderId: number, kind: 'payment' | 'refund', price: number, bookingId?: number) => {
  const job = `user-0_${kind}-${orderId}`;
  const [line, sign] = kind === 'payment' ? ['use', '-'] : ['refund', '+'];
  return `with changed as (
      update points set balance = balance ${sign} ${price} where user_id = 1 returning balance
    ), line as (
      insert into point_history (user_id, kind, amount, balance, job_id, created_at)
      select 1, '${line}', ${price}, balance, '${job}', ${PAST} from changed
    )
    insert into payment (order_id, booking_id, user_id, price, kind, balance, job_id, created_at)
    select ${orderId}, ${bookingId ?? 'null'}, 1, ${price}, '${kind}', balance, '${job}', ${PAST} from changed`;
};

const FILL = [
  `insert into app_user (subject) values ('ada')`,
  `insert into points (user_id, balance) values (1, 2000)`,
  `insert into point_history (user_id, kind, amount, balance, job_id, created_at)
   values (1, 'charge', 2000, 2000, 'user-0_charge', ${PAST})`,
  `insert into concert (title, created_at) values ('The Winter Gala', ${PAST})`,
  `insert into schedule (concert_id, booking_start_at, booking_end_at, start_at, end_at, seat_count)
   values (1, ${PAST}, ${SOON}, now() + interval '1 day', now() + interval '2 days', 19)`,
  `insert into seat (schedule_id, range_index, number, price, state, held_until)
   select 1, 0, number, 100, case when number = 1 then 'held' when number in (3, 4, 5) then 'sold' else 'available' end,
     case when number = 1 then ${SOON} + interval '10 seconds' end
   from generate_series(1, 9) as number`,
  `insert into area (schedule_id, name, price, capacity, held, sold) values (1, 'Floor', 50, 10, 2, 1)`,
  order(1, 'held', 100),
  booking(1, 1, 'held', 'seat'),
  booking(2, 1, 'cancelled', 'seat'),
  order(2, 'paid', 200),
  booking(3, 2, 'paid', 'seat'),
  booking(4, 2, 'paid', 'seat'),
  moved(2, 'payment', 200),
  order(3, 'partly-refunded', 200),
  booking(5, 3, 'paid', 'seat'),
  booking(6, 3, 'refunded', 'seat'),
  moved(3, 'payment', 200),
  moved(3, 'refund', 100, 6),
  order(4, 'refunded', 100),
  booking(7, 4, 'refunded', 'seat'),
  moved(4, 'payment', 100, 7),
  moved(4, 'refund', 100, 7),
  order(5, 'expired', 100),
  booking(8, 5, 'expired', 'seat'),
  order(6, 'cancelled', 100),
  booking(9, 6, 'cancelled', 'seat'),
  order(7, 'held', 100),
  booking(10, 7, 'held', 'area'),
  booking(11, 7, 'held', 'area'),
  order(8, 'paid', 50),
  booking(12, 8, 'paid', 'area'),
  moved(8, 'payment', 50, 12),
  order(9, 'refunded', 50),
  booking(13, 9, 'refunded', 'area'),
  moved(9, 'payment', 50, 13),
  moved(9, 'refund', 50, 13),
  order(10, 'expired', 50),
  booking(14, 10, 'expired', 'area'),
];

let databaseUrl: string;
/** What the migration said while a process of each kind was connected, and when one connected while it waited for its locks. */
const refusals = new Map<string, unknown>();

/** What a migration throws, unless this one was applied and a later one has thrown it. */
async function refusalOf(): Promise<unknown> {
  const error = await migrate(databaseUrl, { lockTimeoutMs: 60_000 }).catch(
    (thrown: unknown) => thrown,
  );
  const applied = await queryDatabase(
    databaseUrl,
    `select name from mikro_orm_migrations where name = '${MIGRATION}'`,
  );
  return applied.length > 0 ? `${MIGRATION} was applied` : error;
}

async function connectAs(application_name: string): Promise<Client> {
  const client = new Client({ connectionString: databaseUrl, application_name });
  await client.connect();
  return client;
}

/** A reader of bookings lets the migration wait until a worker has connected. */
async function connectLate(): Promise<unknown> {
  const reader = await connectAs('test');
  await reader.query('begin; select from booking limit 1');
  const refused = refusalOf();
  await waitFor('the migration to wait for the reader', async () => {
    const waiting = await queryDatabase(
      databaseUrl,
      `select pid from pg_stat_activity where datname = current_database() and application_name = 'seatlane-migrate'
       and wait_event_type = 'Lock'`,
    );
    return waiting.length > 0;
  });
  const worker = await connectAs('seatlane-worker');
  await reader.query('commit');
  await reader.end();
  await refused;
  await worker.end();
  return refused;
}

beforeAll(async () => {
  const name = `${inject('templateName')}_c_${randomBytes(4).toString('hex')}`;
  await queryDatabase(inject('databaseUrl'), `create database ${name}`);
  databaseUrl = Object.assign(new URL(inject('databaseUrl')), { pathname: `/${name}` }).href;
  const orm = await openDatabase({ databaseUrl, connectionsMax: 1, applicationName: 'test' });
  await orm.migrator.up({ to: BEFORE });
  // It had been applied before this migration was added. A database of 0.2.0 gets both in the order of their names.
  await orm.migrator.up({ migrations: ['Migration20261127180000'] });
  await orm.close();
  // One transaction, so that all times that must be equal are.
  await queryDatabase(databaseUrl, `begin; ${FILL.join(';')}; commit`);
  for (const name of KINDS) {
    const running = await connectAs(name);
    refusals.set(name, await refusalOf());
    await running.end();
  }
  const owner = await connectAs('the owner of a lane');
  await owner.query(`select pg_advisory_lock(${LANE_LOCKS}, 3)`);
  refusals.set(OWNER, await refusalOf());
  await owner.end();
  refusals.set(LATE, await connectLate());
  await migrate(databaseUrl);
});

test.each([...KINDS, OWNER, LATE])('the migration is refused while %s runs', (name) => {
  expect(refusals.get(name)).toBeInstanceOf(ProcessesRunning);
});

test('live bookings have no end, and the others the one they had', async () => {
  const rows = await queryDatabase<{ ids: number[]; end: string; live: boolean }>(
    databaseUrl,
    `select coalesce(ended_as, 'none') as end, coalesce(is_live, false) as live, array_agg(id::int order by id) as ids
     from booking group by 1, 2 order by 1`,
  );
  expect(rows).toEqual([
    { end: 'cancelled', live: false, ids: [2, 9] },
    { end: 'expired', live: false, ids: [8, 14] },
    { end: 'none', live: true, ids: [1, 3, 4, 5, 10, 11, 12] },
    { end: 'refunded', live: false, ids: [6, 7, 13] },
  ]);
});

test('places of areas keep the end of their hold unless they were paid', async () => {
  const rows = await queryDatabase<{ id: number }>(
    databaseUrl,
    'select id::int from booking where area_held_until is not null order by id',
  );
  expect(rows.map(({ id }) => id)).toEqual([10, 11, 14]);
});

test('live orders are marked, so that their live bookings refer to them', async () => {
  const rows = await queryDatabase<{ id: number }>(
    databaseUrl,
    'select id::int from app_order where is_live order by id',
  );
  expect(rows.map(({ id }) => id)).toEqual([1, 2, 3, 7, 8]);
});

test('the audit finds nothing wrong', async () => {
  for (const { promise, wrong } of checks) {
    expect(await queryDatabase(databaseUrl, wrong), promise).toEqual([]);
  }
});
