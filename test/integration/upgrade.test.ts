/** A database of version 0.1.0, with users in the middle of a sale, is migrated, audited, and sells on. */
import { createPrivateKey, hkdfSync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { SignJWT } from 'jose';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { checks } from '../../scripts/audit/checks.ts';
import { hallChecks } from '../../scripts/audit/hall-checks.ts';
import { moneyChecks } from '../../scripts/audit/money-checks.ts';
import { faultsOfDraw } from '../../scripts/lib/draw-order.ts';
import { migrate, ProcessesRunning } from '../../scripts/steps/migrate.ts';
import type { Booking } from '../../src/commands/schemas/resources.ts';
import { LANE_LOCKS } from '../../src/db/lanes/lock-keys.ts';
import { queuePrefix } from '../../src/lanes/bullmq/keys.ts';
import { jobIdOf, mintReceiptId } from '../../src/lanes/job-id.ts';
import { laneOf } from '../../src/lanes/lanes.ts';
import type { AdmittedUser } from '../support/http/client.ts';
import { queryDatabase, type TestServices } from '../support/services/database.ts';
import { startSeatlane, TEST_SECRET, type TestSeatlane } from '../support/services/seatlane.ts';
import { waitFor } from '../support/wait-for.ts';

const DUMP = join(import.meta.dirname, '../fixtures/database-0.1.0.sql');
/** As test/fixtures/make-database.ts has left them. */
const SEAT = {
  soldToAda: 2,
  refundedByBen: 3,
  heldByBen: 4,
  heldByCleo: 5,
  heldByHal: 6,
  free: 7,
  pending: 8,
};

let seatlane: TestSeatlane;
let services: TestServices;
/** What the migration said while a worker was running, while one without lanes was, and while an API process was. */
let refusals: unknown[];

beforeAll(async () => {
  const name = `${inject('templateName')}_c_${randomBytes(4).toString('hex')}`;
  await queryDatabase(inject('databaseUrl'), `create database ${name}`);
  const url = Object.assign(new URL(inject('databaseUrl')), { pathname: `/${name}` });
  services = { databaseUrl: url.href, redisUrl: inject('redisUrl'), redisPrefix: name };
  await restore(await readFile(DUMP, 'utf8'));
  await queryDatabase(
    services.databaseUrl,
    `insert into draw (concert_id, seed, seed_hash, gathers_at, opens_at, created_at)
     values (1, repeat('a', 64), repeat('b', 64), now() + interval '1 day', now() + interval '1 day', now())`,
  );
  const worker = new Client(services.databaseUrl);
  await worker.connect();
  // As the session of a worker that owns the lane 3.
  await worker.query(`select pg_advisory_lock(${LANE_LOCKS}, 3)`);
  const refusalOf = () =>
    migrate(services.databaseUrl).then(
      () => undefined,
      (error: unknown) => error,
    );
  refusals = [await refusalOf()];
  await worker.query('select pg_advisory_unlock_all()');
  await worker.end();
  const as = (application_name: string) =>
    new Client({ connectionString: services.databaseUrl, application_name });
  const idle = as('seatlane-worker');
  await idle.connect();
  refusals.push(await refusalOf());
  await idle.end();
  const api = as('seatlane-api');
  await api.connect();
  refusals.push(await refusalOf());
  await sellOnWithOrders(api);
  await api.end();
  await migrate(services.databaseUrl);
});
afterAll(() => seatlane?.stop());

/** Restores the dump, and moves its times as if it had been made just now. */
async function restore(dump: string): Promise<void> {
  const client = new Client(services.databaseUrl);
  await client.connect();
  await client.query(dump);
  const { rows: times } = await client.query<{ table: string; columns: string[] }>(
    `select table_name as table, array_agg(column_name::text) as columns
     from information_schema.columns
     where table_schema = 'public' and data_type = 'timestamp with time zone' group by 1`,
  );
  const { rows } = await client.query(
    'select now() - max(finished_at) as age from command_receipt',
  );
  for (const { table, columns } of times) {
    const moved = columns.map((column) => `${column} = ${column} + $1`);
    await client.query(`update ${table} set ${moved.join(', ')}`, [rows[0].age]);
  }
  await client.end();
}

/** The migration to orders has been applied, and the one to queues refused: cleo's order names her entry by its number. */
async function sellOnWithOrders(client: Client): Promise<void> {
  await client.query(`update app_order set entry_number = (select number from queue_entry
      join app_user on app_user.id = queue_entry.user_id where subject = 'cleo')
    where state = 'held' and user_id = (select id from app_user where subject = 'cleo')`);
  await client.query(`update queue_entry set expires_at = hold_expires_at
    from app_order where entry_number = number and app_order.state = 'held'`);
}

test('the migrations are refused while processes of the version before run', () => {
  for (const refusal of refusals) expect(refusal).toBeInstanceOf(ProcessesRunning);
  expect(refusals).toHaveLength(3);
  expect(String(refusals[0])).toContain('Migrations before it are applied');
});

describe('the migrated database', () => {
  test('has an order of one for each booking, with its id and state', async () => {
    const [counted] = await queryDatabase<{ bookings: number; orders: number }>(
      services.databaseUrl,
      `select count(*)::int as bookings, count(*) filter (where app_order.id = booking.id
         and order_id = booking.id and total = price
         and case when app_order.state in ('held', 'paid') then ended_as is null else app_order.state = ended_as end
         and (app_order.paid_at is not null) = (app_order.state in ('paid', 'refunded')))::int as orders
       from booking left join app_order on app_order.id = order_id`,
    );
    expect(counted).toEqual({ bookings: expect.any(Number), orders: counted?.bookings });
    expect(counted?.bookings).toBeGreaterThan(3);
    const payments = await queryDatabase(
      services.databaseUrl,
      'select id from payment where order_id <> booking_id',
    );
    expect(payments).toEqual([]);
  });

  test('gives new orders ids above those of the bookings', async () => {
    const [row] = await queryDatabase(
      services.databaseUrl,
      'select last_value >= (select max(id) from booking) as above from app_order_id_seq',
    );
    expect(row).toEqual({ above: true });
  });

  test('has one queue with all entries, each with its number as its id', async () => {
    const [entries] = await queryDatabase(
      services.databaseUrl,
      `select count(*)::int as entries, count(*) filter (where id = number and queue_id = 1)::int as same,
         (count(*) filter (where state = 'waiting'))::int as waiting, max(number)::int as last
       from queue_entry`,
    );
    expect(entries).toEqual({ entries: 11, same: 11, waiting: 2, last: 14 });
    const [queue] = await queryDatabase(
      services.databaseUrl,
      `select last_number::int as last, added::int, numbering.removed::int, waiting_queue.removed::int as admitted,
         last_admitted::int as reached, is_paused as paused
       from waiting_queue join queue_numbering numbering on queue_id = id`,
    );
    expect(queue).toEqual({
      last: 14,
      added: 2,
      removed: 0,
      admitted: 0,
      reached: 12,
      paused: true,
    });
  });

  test('has draws that their entries name, and gives new ones and new queues further ids', async () => {
    const [draw] = await queryDatabase(
      services.databaseUrl,
      `select draw.queue_id as "queueId", count(*)::int as entries from draw
       join queue_entry on draw_id = draw.id group by draw.id`,
    );
    expect(draw).toEqual({ queueId: 1, entries: 3 });
    const places = await queryDatabase(
      services.databaseUrl,
      `select count(*)::int as places, count(id)::int as kept from draw_place
       left join queue_entry using (draw_id, number, ticket)`,
    );
    expect(places).toEqual([{ places: 3, kept: 3 }]);
    const kinds = await queryDatabase(
      services.databaseUrl,
      `select concert_id::int as concert, drawn_at is null as "isPending", draws_all_waiting as "drawsAllWaiting"
       from draw order by concert_id`,
    );
    expect(kinds, 'users who waited were told that all of them are drawn').toEqual([
      { concert: 1, isPending: true, drawsAllWaiting: true },
      { concert: 2, isPending: false, drawsAllWaiting: false },
    ]);
    const [next] = await queryDatabase(
      services.databaseUrl,
      `select nextval('draw_id_seq') > (select max(id) from draw) as draw,
         nextval('waiting_queue_id_seq')::int as queue`,
    );
    expect(next).toEqual({ draw: true, queue: 2 });
  });

  test('has the schema of a new installation', async () => {
    const fresh = Object.assign(new URL(inject('databaseUrl')), {
      pathname: `/${inject('templateName')}`,
    });
    expect(await schemaOf(services.databaseUrl)).toEqual(await schemaOf(fresh.href));
  });

  test('passes every check of the audit, each of which has rows to look at', async () => {
    for (const check of checks) {
      const { promise, counted, wrong } = check;
      expect(await queryDatabase(services.databaseUrl, wrong), promise).toEqual([]);
      const [{ count }] = (await queryDatabase<{ count: string }>(
        services.databaseUrl,
        `select (${counted}) as count`,
      )) as [{ count: string }];
      // Version 0.1.0 did not keep the seat limit, so that there is nothing to judge.
      // The order of a hold of version 0.1.0 does not name its queue entry.
      // Nor did it have areas, cancelled performances, check-ins, card payments or halls.
      if (
        ![...moneyChecks, ...hallChecks].includes(check) &&
        !/live bookings of a schedule|finished cancellation|^Who has entered|whose ticket was used|scan that is kept|refused scan says|An active queue entry lasts|^An? ((live )?place of an )?area /.test(
          promise,
        )
      )
        expect(Number(count), promise).toBeGreaterThan(0);
    }
  });
});

/** A queue token as versions with one queue issued it. */
function oldToken(subject: string, number: number): Promise<string> {
  const seed = Buffer.from(hkdfSync('sha256', TEST_SECRET, '', 'seatlane queue token', 32));
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return new SignJWT({ number })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'queue+jwt' })
    .setSubject(subject)
    .setIssuer('seatlane')
    .setAudience('seatlane-queue')
    .setExpirationTime('1 day')
    .sign(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
}

/** Enqueues a booking as version 0.2.0 did: its job names the queue entry by its number. @returns the id of the job */
async function addAsVersion020(to: TestServices, subject: string, seatId: number): Promise<string> {
  const [row] = await queryDatabase<{ number: string; now: string }>(
    to.databaseUrl,
    `select number, (extract(epoch from now()) * 1000)::bigint as now
     from queue_entry join app_user on app_user.id = user_id where subject = '${subject}'`,
  );
  const acceptedAt = Number(row?.now);
  const lane = laneOf({ kind: 'seat', key: String(seatId) }, { seatLanes: 8, userLanes: 8 });
  const jobId = jobIdOf(lane, mintReceiptId(acceptedAt));
  const queueNumber = Number(row?.number);
  const data = { subject, input: { seatId }, acceptedAt, requestHash: '', queueNumber };
  const connection = new Redis(to.redisUrl);
  const queue = new Queue(lane, { connection, prefix: queuePrefix(to.redisPrefix, lane) });
  await queue.add('book-seat', data, { jobId });
  await queue.close();
  connection.disconnect();
  return jobId;
}

async function schemaOf(databaseUrl: string): Promise<unknown> {
  const columns = await queryDatabase(
    databaseUrl,
    `select table_name, column_name, data_type, is_nullable, column_default
     from information_schema.columns where table_schema = 'public' order by 1, 2`,
  );
  const constraints = await queryDatabase(
    databaseUrl,
    `select conname, pg_get_constraintdef(oid) as definition from pg_constraint
     where connamespace = 'public'::regnamespace order by 1`,
  );
  const indexes = await queryDatabase(
    databaseUrl,
    `select indexname, indexdef from pg_indexes where schemaname = 'public' order by 1`,
  );
  return { columns, constraints, indexes };
}

describe('the new version', () => {
  /** A booking by dan that an API process of version 0.2.0 had accepted, which no worker had taken yet. */
  let pendingJobId: string;
  beforeAll(async () => {
    pendingJobId = await addAsVersion020(services, 'dan', SEAT.pending);
    seatlane = await startSeatlane({ services });
  });

  test('carries out a command of the old version that waited in Redis', async () => {
    const dan = await stillAdmitted('dan');
    await waitFor('the command is carried out', async () => {
      const { body } = await seatlane.client.request('GET', `/jobs/${pendingJobId}`, dan);
      return body.state !== 'queued' && body.state !== 'running' ? body : undefined;
    });
    const { body } = await seatlane.client.request('GET', `/jobs/${pendingJobId}`, dan);
    expect(body).toMatchObject({ state: 'succeeded', result: { seatId: SEAT.pending } });
  });

  /** A user who was admitted by the old version. */
  async function stillAdmitted(subject: string): Promise<AdmittedUser> {
    const token = await seatlane.client.tokenFor(subject);
    const { body } = await seatlane.client.request('GET', '/users/queue', { token });
    expect(body).toMatchObject({ state: 'active' });
    return { subject, token, queueToken: body.queueToken };
  }

  async function bookingOf(user: { token: string }, seatId: number): Promise<Booking> {
    const { body } = await seatlane.client.request('GET', '/concerts/bookings', user);
    return (body.items as Booking[]).find((each) => each.seatId === seatId) as Booking;
  }

  test('takes the payment of a hold that the old version gave', async () => {
    const cleo = await stillAdmitted('cleo');
    const { id } = await bookingOf(cleo, SEAT.heldByCleo);
    const { body } = await seatlane.client.command('POST', `/concerts/bookings/${id}/pay`, cleo);
    expect(body).toMatchObject({ state: 'succeeded', result: { price: 100, balance: 100 } });
    expect(await bookingOf(cleo, SEAT.heldByCleo)).toMatchObject({ state: 'paid' });
    const [entry] = await seatlane.rows(
      `select state, end_reason as reason from queue_entry join app_user on app_user.id = user_id
       where subject = 'cleo'`,
    );
    expect(entry).toEqual({ state: 'ended', reason: 'paid' });
  });

  test('takes the queue token of the old version, which names the number only', async () => {
    const dan = await stillAdmitted('dan');
    const [entry] = await seatlane.rows<{ number: string }>(
      `select number from queue_entry join app_user on app_user.id = user_id where subject = 'dan'`,
    );
    const queueToken = await oldToken('dan', Number(entry?.number));
    const { status } = await seatlane.client.request('GET', '/concerts/1/schedules/bookable', {
      ...dan,
      queueToken,
    });
    expect(status).toBe(200);
  });

  test('ends a hold that had run out, and sells its seat', async () => {
    const hal = await stillAdmitted('hal');
    await waitFor('the hold ends', async () => {
      return (await bookingOf(hal, SEAT.heldByHal)).state === 'expired';
    });
    const dan = await stillAdmitted('dan');
    const path = `/concerts/seats/${SEAT.heldByHal}/book`;
    expect((await seatlane.client.command('POST', path, dan)).body.state).toBe('succeeded');
  });

  test('refuses seats that the old version sold, held or blocked', async () => {
    const dan = await stillAdmitted('dan');
    const code = async (seatId: number) => {
      const path = `/concerts/seats/${seatId}/book`;
      return (await seatlane.client.command('POST', path, dan)).body.code;
    };
    expect(await code(SEAT.soldToAda)).toBe('SEAT_ALREADY_SOLD');
    expect(await code(SEAT.heldByBen)).toBe('SEAT_ALREADY_HELD');
  });

  test('charges, books and refunds for a user of the old version', async () => {
    const { client } = seatlane;
    const ada = { token: await client.tokenFor('ada') };
    const charged = await client.command('POST', '/points/charge', {
      ...ada,
      body: { amount: 50 },
    });
    expect(charged.body.result).toEqual({ balance: 450 });
    const { id } = await bookingOf(ada, SEAT.soldToAda);
    const refunded = await client.command('DELETE', `/concerts/bookings/${id}`, ada);
    expect(refunded.body.result).toMatchObject({ state: 'refunded' });
    expect((await client.request('GET', '/points', ada)).body.balance).toBe(550);
  });

  test('answers a retry with the outcome of the first request', async () => {
    const { client } = seatlane;
    const token = await client.tokenFor('ada');
    const headers = { 'Idempotency-Key': 'ada-charges' };
    const retry = { token, headers, body: { amount: 500 } };
    const before = (await client.request('GET', '/points', { token })).body;
    const { body } = await client.command('POST', '/points/charge', retry);
    expect(body).toMatchObject({ state: 'succeeded', result: { balance: 500 } });
    expect((await client.request('GET', '/points', { token })).body).toEqual(before);
    const other = await client.command('POST', '/points/charge', { ...retry, body: { amount: 1 } });
    expect(other.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  test('neither lists nor sells a performance that has started, although its sale was to go on', async () => {
    const { client } = seatlane;
    const dan = await stillAdmitted('dan');
    const { body } = await client.request('GET', '/concerts/1/schedules/bookable', dan);
    expect(body.items.map(({ id }: { id: number }) => id)).toEqual([1]);
    const [seat] = await client.seats(2, dan);
    const refused = await client.command('POST', `/concerts/seats/${seat?.id}/book`, dan);
    expect(refused.body.code).toBe('BOOKING_CLOSED');
  });

  test('keeps webhooks, the draw, and the pause of the admission', async () => {
    const { client } = seatlane;
    const token = await client.tokenFor('operator', 'admin');
    const { body: webhooks } = await client.request('GET', '/webhooks', { token });
    expect(webhooks.items).toMatchObject([
      { url: 'https://shop.example/outcomes', commands: ['pay-booking'], events: [] },
    ]);
    const { body: draw } = await client.request('GET', '/concerts/2/draw');
    expect(draw).toMatchObject({ places: 3, firstNumber: 6, seed: expect.any(String) });
    const { body: places } = await client.request('GET', '/concerts/2/draw/places');
    expect(places.items).toHaveLength(3);
    expect(draw.ticketsHash, 'its order follows from the seed alone').toBeNull();
    expect(faultsOfDraw(draw, places.items)).toEqual([]);
    const { body: admission } = await client.request('GET', '/admin/admission', { token });
    expect(admission).toMatchObject({ isPaused: true, waiting: 2 });
  });

  test('admits those who were waiting, in their order, once the admission goes on', async () => {
    const { client } = seatlane;
    const [ivy, jon] = await Promise.all(['ivy', 'jon'].map((name) => client.tokenFor(name)));
    const look = async (token: string | undefined) =>
      (await client.request('GET', '/users/queue', { token })).body;
    expect([await look(ivy), await look(jon)]).toMatchObject([{ position: 1 }, { position: 2 }]);
    const token = await client.tokenFor('operator', 'admin');
    await client.command('POST', '/admin/admission', { token, body: { isPaused: false } });
    for (const waiting of [ivy, jon]) {
      await waitFor('the user is admitted', async () => (await look(waiting)).state === 'active');
    }
    const queueToken = (await look(ivy)).queueToken;
    const path = `/concerts/seats/${SEAT.free}/book`;
    const { body } = await client.command('POST', path, { token: ivy, queueToken });
    expect(body.result).toMatchObject({ state: 'held', seatId: SEAT.free });
  });
});
