/** A page of a list touches few blocks, however many rows others or the same user have, and whatever the plan knows. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../../src/db/connection/orm.ts';
import { type BookingFilter, listBookings } from '../../../src/db/reads/bookings.ts';
import { listBookableSchedules, listSchedules } from '../../../src/db/reads/catalogue/schedules.ts';
import { findOrder, listOrders, type OrderFilter } from '../../../src/db/reads/orders.ts';
import { readBlockedReasons } from '../../../src/db/reads/places/seats.ts';
import { openClone } from '../../support/services/database.ts';
import { databaseRows } from '../../support/services/rows.ts';

const ROWS = 60_000;
/** The tables have thousands of blocks; 21 bookings with order, seat, schedule and concert touch a dozen each, indexes included. */
const BLOCKS_MAX = 450;
const LIMIT = 20;
const TABLES = ['concert', 'schedule', 'seat', 'app_order', 'booking', 'app_user'];
const SUBJECT = 'somebody with many bookings';
/**
 * All live bookings are read of as many orders of each live state as a page has bookings: 63 orders of ten. A list of held ones
 * also reads the seats of 21 orders, to see whether their holds have run out. All orders of the user touch ten times as many.
 */
const BLOCKS_OF_LARGE_ORDERS_MAX = 1500;
const LARGE_ORDERS = 3000;
const PLACES = 10;
const LARGE = 'somebody with large orders';

let orm: Database;
let rows: ReturnType<typeof databaseRows>;

/** Rows of a busy year: one concert has most schedules, one user has most bookings, in all states. */
const FILL = [
  `insert into concert (title, created_at) select 'Concert ' || n, now() from generate_series(1, 3) n`,
  `insert into schedule (concert_id, booking_start_at, booking_end_at, start_at, end_at, seat_count)
   select case when n % 3000 = 0 then 2 else 1 end, now() - interval '1 day', now() + interval '1 day',
     now() + n * interval '1 minute' + interval '2 days', now() + n * interval '1 minute' + interval '3 days', 1
   from generate_series(1, ${ROWS}) n`,
  `insert into seat (schedule_id, range_index, number, price, state, held_until, blocked_reason)
   select case when n % 2 = 0 then 1 else 2 end, 0, n, 10,
     case when n % 1000 = 7 then 'held' else 'available' end,
     case when n % 1000 = 7 then now() + interval '1 day' end,
     case when n % 5000 = 1 then 'Camera' end
   from generate_series(1, ${ROWS}) n`,
  `insert into app_user (subject) values ('${SUBJECT}'), ('${LARGE}')`,
  `insert into app_order (id, user_id, concert_id, schedule_id, queue_id, state, total, hold_expires_at, created_at, paid_at,
     ended_at, job_id) overriding system value
   select id, (select min(id) from app_user), 1, schedule_id, 1,
     case when state = 'held' then 'held' when id % 20000 < 3 then 'paid' when id % 3 = 0 then 'cancelled' else 'expired' end,
     10, now(), now() - id * interval '1 s', case when state <> 'held' and id % 20000 < 3 then now() end,
     case when state = 'held' or id % 20000 < 3 then null else now() end, 'seat-0_' || id
   from seat`,
  `insert into booking (order_id, user_id, concert_id, schedule_id, seat_id, price, ended_as, hold_expires_at, created_at, ended_at,
     job_id)
   select id, user_id, concert_id, schedule_id, id, 10, case when ended_at is not null then state end, hold_expires_at,
     created_at, ended_at, job_id
   from app_order`,
  `insert into seat (id, schedule_id, range_index, number, price, state) overriding system value
   select ${ROWS} + n, 3, 1, n, 10, 'sold' from generate_series(1, ${LARGE_ORDERS * PLACES}) n`,
  `insert into app_order (id, user_id, concert_id, schedule_id, queue_id, state, total, hold_expires_at, created_at, paid_at,
     job_id) overriding system value
   select ${ROWS} + n, (select max(id) from app_user), 1, 3, 1, state, 100, now() + interval '1 day',
     now() - n * interval '1 s', case when state <> 'held' then now() end, 'seat-0_' || n
   from generate_series(1, ${LARGE_ORDERS}) n, lateral (values (0, 'held'), (1, 'paid'), (2, 'partly-refunded')) as states(rest, state)
   where n % 3 = rest`,
  `insert into booking (order_id, user_id, concert_id, schedule_id, seat_id, price, hold_expires_at, created_at, job_id)
   select id, user_id, concert_id, schedule_id, ${ROWS} + (id - ${ROWS} - 1) * ${PLACES} + place, 10, hold_expires_at, created_at, job_id
   from app_order, generate_series(1, ${PLACES}) as place where id > ${ROWS}`,
];

beforeAll(async () => {
  orm = await openClone();
  rows = databaseRows(orm);
  for (const table of TABLES) {
    await rows(`alter table ${table} set (autovacuum_enabled = off)`);
    await rows(`analyze ${table}`);
  }
  for (const statement of FILL) await rows(statement);
});
afterAll(async () => {
  // The audit after all tests would find no payments behind these rows.
  await rows(`truncate ${TABLES.join()} cascade`);
  await orm.close();
});

/** Blocks of tables and indexes touched so far. */
async function blocks(): Promise<number> {
  await rows('select pg_stat_force_next_flush()');
  const [touched] = await rows<{ blocks: string }>(
    `select sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0)) as blocks
     from pg_statio_user_tables where relname in ('${TABLES.join("', '")}')`,
  );
  return Number(touched?.blocks);
}

/** Blocks that a read touches. */
async function blocksOf(read: () => Promise<unknown>): Promise<number> {
  const before = await blocks();
  await read();
  const touched = (await blocks()) - before;
  expect(touched).toBeGreaterThan(0);
  return touched;
}

const bookings = (filter: Partial<BookingFilter>) => () =>
  listBookings(orm, { subject: SUBJECT, before: undefined, limit: LIMIT, ...filter });
const orders = (filter: Partial<OrderFilter>) => () =>
  listOrders(orm, { subject: SUBJECT, before: undefined, limit: LIMIT, ...filter });
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
const inMinutes = (minutes: number) =>
  new Date(Date.now() + (minutes + 2 * 1440) * 60_000).toISOString();

type Reads = [string, found: number, read: () => Promise<{ length: number }>][];

const ofLargeOrders = (filter: Partial<BookingFilter>) => bookings({ subject: LARGE, ...filter });
const LARGE_READS: Reads = [
  ['the newest bookings', 21, ofLargeOrders({})],
  ['the held bookings', 21, ofLargeOrders({ state: 'held' })],
  ['the paid bookings', 21, ofLargeOrders({ state: 'paid' })],
  ['paid bookings after many newer ones', 21, ofLargeOrders({ state: 'paid', to: ago(1500) })],
];

const READS: Reads = [
  ['the newest bookings', 21, bookings({})],
  ['bookings after many newer ones', 21, bookings({ to: ago(45_000) })],
  ['bookings of a time', 21, bookings({ from: ago(45_000), to: ago(30_000) })],
  ['the few paid bookings', 9, bookings({ state: 'paid' })],
  ['the held bookings', 21, bookings({ state: 'held' })],
  ['no refunded bookings', 0, bookings({ state: 'refunded' })],
  ['expired bookings after many newer ones', 21, bookings({ state: 'expired', to: ago(45_000) })],
  [
    'a later page of bookings',
    21,
    bookings({ before: { createdAtUs: (Date.now() - 45_000_000) * 1000, id: 1 } }),
  ],
  ['the newest orders', 21, orders({})],
  ['orders after many newer ones', 21, orders({ to: ago(45_000) })],
  ['orders of a time', 21, orders({ from: ago(45_000), to: ago(30_000) })],
  ['the few paid orders', 9, orders({ state: 'paid' })],
  ['the held orders', 21, orders({ state: 'held' })],
  ['no refunded orders', 0, orders({ state: 'refunded' })],
  ['expired orders after many newer ones', 21, orders({ state: 'expired', to: ago(45_000) })],
  [
    'a later page of orders',
    21,
    orders({ before: { createdAtUs: (Date.now() - 45_000_000) * 1000, id: 1 } }),
  ],
  [
    'one order',
    1,
    async () => {
      const order = await findOrder(orm, { subject: SUBJECT, orderId: 30_000 });
      return order ? [order] : [];
    },
  ],
  [
    'schedules from a date',
    21,
    () =>
      listSchedules(orm, { concertId: 1, from: inMinutes(30_000), after: undefined, limit: LIMIT }),
  ],
  [
    'the few schedules of a concert',
    20,
    () => listSchedules(orm, { concertId: 2, after: undefined, limit: LIMIT }),
  ],
  [
    'the few bookable schedules of a concert',
    20,
    () => listBookableSchedules(orm, { concertId: 2, after: 0, limit: LIMIT }),
  ],
  ['the reasons of the few blocked seats', 12, async () => [...(await readBlockedReasons(orm, 2))]],
];

describe.each([
  ['for empty tables', async () => {}],
  [
    'for full tables',
    async () => {
      await rows('analyze');
    },
  ],
])('with plans %s', (_, prepare) => {
  beforeAll(prepare);

  test.each(READS)('%s are found by index', async (_what, found, read) => {
    expect(await read()).toHaveLength(found);
    expect(await blocksOf(read)).toBeLessThan(BLOCKS_MAX);
  });

  test.each(LARGE_READS)('%s of large orders are found by index', async (_what, found, read) => {
    expect(await read()).toHaveLength(found);
    expect(await blocksOf(read)).toBeLessThan(BLOCKS_OF_LARGE_ORDERS_MAX);
  });
});
