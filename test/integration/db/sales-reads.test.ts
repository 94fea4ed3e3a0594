/** Operators' reads of sales find their rows by index: they touch few blocks, however many rows other performances and users have. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/db/connection/orm.ts';
import {
  readCancellation,
  readUnfinishedCancellations,
} from '../../../src/db/reads/cancellations.ts';
import { readOrderLines } from '../../../src/db/reads/sales/csv-orders.ts';
import { readSales } from '../../../src/db/reads/sales/figures.ts';
import { readSalesGroups } from '../../../src/db/reads/sales/groups.ts';
import { listOwedCalls } from '../../../src/db/reads/sales/owed-calls.ts';
import { type OrderFilter, searchOrders } from '../../../src/db/reads/sales/search.ts';
import { readSalesSeries } from '../../../src/db/reads/sales/series.ts';
import { readStory } from '../../../src/db/reads/sales/story.ts';
import { readUserAccount } from '../../../src/db/reads/sales/users.ts';
import { openClone } from '../../support/services/database.ts';
import { databaseRows } from '../../support/services/rows.ts';

const ORDERS = 40_000;
const SCHEDULES = 400;
const OF_ONE = ORDERS / SCHEDULES;
const TABLES = [
  ...['concert', 'schedule', 'seat', 'app_user', 'app_order', 'booking', 'payment', 'checkout'],
  ...['card_refund', 'outbox_call', 'operator_log', 'command_receipt', 'check_in', 'point_history'],
  ...['cancellation', 'cancellation_failure'],
];
/** A performance has a hundred orders of one place; each touches a dozen blocks with its place, user and payment. */
const BLOCKS_MAX = 2500;

let orm: Database;
let rows: ReturnType<typeof databaseRows>;

const FILL = [
  `insert into concert (title, created_at) select 'Concert ' || n, now() from generate_series(1, ${SCHEDULES}) n`,
  `insert into schedule (concert_id, booking_start_at, booking_end_at, start_at, end_at, seat_count)
   select n, now() - interval '1 day', now() + interval '1 day', now() + interval '2 days', now() + interval '3 days', ${OF_ONE}
   from generate_series(1, ${SCHEDULES}) n`,
  `insert into app_user (subject) select 'user ' || n from generate_series(1, ${ORDERS}) n`,
  `insert into seat (schedule_id, range_index, section, number, price, state)
   select 1 + n % ${SCHEDULES}, 0, 'Stalls', n / ${SCHEDULES}, 10, 'sold' from generate_series(1, ${ORDERS}) n`,
  `insert into app_order (id, user_id, concert_id, schedule_id, queue_id, state, total, hold_expires_at, created_at, paid_at, job_id)
   overriding system value
   select id, id, schedule_id, schedule_id, 1, 'paid', 10, now(), now(), now(), 'seat-0_' || id from seat`,
  `insert into booking (id, order_id, user_id, concert_id, schedule_id, seat_id, price, hold_expires_at, created_at, job_id)
   overriding system value
   select id, id, id, schedule_id, schedule_id, id, 10, now(), now(), 'seat-0_' || id from seat`,
  `insert into payment (order_id, booking_id, user_id, price, kind, balance, job_id, created_at)
   select id, id, id, 10, 'payment', 0, 'user-0_' || id, now() from seat`,
  `insert into command_receipt (id, lane, command, user_id, request_hash, state, result, accepted_at, finished_at)
   select id::text, 'user-0', 'pay-order', id, '', 'succeeded', '{}', now(), now() from seat`,
  `insert into operator_log (user_id, command, job_id, after, created_at, order_id)
   select id, 'end-refund', 'user-0_' || id, '{}', now(), case when id % 2 = 0 then id end from seat`,
  `insert into check_in (booking_id, schedule_id, gate, user_id, job_id, at)
   select id, schedule_id, 'North', id, 'seat-0_' || id, now() from seat`,
  `insert into checkout (id, user_id, order_id, provider, amount, currency, state, return_url, expires_at, captured, settled_job_id,
     settled_at, paid_at, created_at, job_id)
   overriding system value
   select id, id, id, 'sandbox', 10, 'KRW', 'paid', 'http://localhost/', now(), 10, 'user-0_' || id, now(), now(), now(), 'user-0_' || id
   from seat`,
  `update schedule set cancelled_at = now(), cancel_reason = 'The singer is ill' where id = 8`,
  `insert into cancellation (schedule_id, next_at, created_at) values (8, now(), now())`,
  `insert into outbox_call (kind, checkout_id, next_at, offers, created_at)
   select 'look', id, now(), case when id = 7 then 12 else 1 end, now() from seat`,
];

beforeAll(async () => {
  orm = await openClone();
  rows = databaseRows(orm);
  // Autovacuum reads blocks too.
  for (const table of TABLES) {
    await rows(`alter table ${table} set (autovacuum_enabled = off)`);
  }
  for (const statement of FILL) await rows(statement);
  await rows('analyze');
});
afterAll(async () => {
  // The audit after all tests would find no commands behind these rows.
  await rows(`truncate ${TABLES.join()} cascade`);
  await orm.close();
});

const find = (filter: OrderFilter) => () =>
  searchOrders(orm, { ...filter, before: undefined, limit: 20 });
const scheduleId = 8;

const READS: [string, max: number, read: () => Promise<unknown>][] = [
  ['the figures of a performance', BLOCKS_MAX, () => readSales(orm, scheduleId)],
  ['its sections', BLOCKS_MAX, () => readSalesGroups(orm, { scheduleId, by: 'section' })],
  ['its prices', BLOCKS_MAX, () => readSalesGroups(orm, { scheduleId, by: 'category' })],
  ['its days', BLOCKS_MAX, () => readSalesSeries(orm, { scheduleId, step: 'day' })],
  ['its orders', BLOCKS_MAX, () => readOrderLines(orm, { scheduleId, after: 0, limit: 1000 })],
  ['its cancellation', BLOCKS_MAX, () => readCancellation(orm, scheduleId)],
  ['unfinished cancellations', BLOCKS_MAX, () => readUnfinishedCancellations(orm)],
  ['a page of its orders', 600, find({ scheduleId })],
  ['an order by its number', 150, find({ orderId: 7 })],
  ['the orders of a user', 200, find({ user: 'user 7' })],
  ['the orders of a seat', 200, find({ seatId: 7 })],
  ['the orders of a seat by its number', 600, find({ scheduleId, seatNumber: 3 })],
  ['the story of an order', 200, () => readStory(orm, 8)],
  ['a user', 200, () => readUserAccount(orm, 'user 7')],
  ['dead calls', 100, () => listOwedCalls(orm, { state: 'dead', before: undefined, limit: 20 })],
  ['owed calls', 400, () => listOwedCalls(orm, { state: undefined, before: undefined, limit: 20 })],
];

const touched = async () => {
  await rows('select pg_stat_force_next_flush()');
  const [sums] = await rows<{ blocks: number; scans: string | null }>(
    `select sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0))::int as blocks,
       string_agg(relname || ' ' || seq_scan, ', ' order by relname) as scans
     from pg_statio_user_tables join pg_stat_user_tables using (relid, relname) where relname in ('${TABLES.join("', '")}')`,
  );
  return { blocks: sums?.blocks ?? 0, scans: sums?.scans };
};

test.each(READS)(
  '%s touch at most %i blocks, and read no table as a whole',
  async (_, max, read) => {
    await read();
    const before = await touched();
    const found = await read();
    const after = await touched();
    expect(found).toBeTruthy();
    if (Array.isArray(found)) expect(found.length).toBeGreaterThan(0);
    expect(after.scans).toBe(before.scans);
    expect(after.blocks - before.blocks).toBeGreaterThan(0);
    expect(after.blocks - before.blocks).toBeLessThan(max);
  },
);
