/** What orders and counts of an area touch does not grow with its ended bookings, whatever plan was made before. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Order } from '../../../src/commands/schemas/resources.ts';
import { readAreas } from '../../../src/db/reads/places/areas.ts';
import { readStock } from '../../../src/db/reads/stock.ts';
import { expireHolds } from '../../../workers/timers/expire-holds.ts';
import { type Orders, ordersOf } from '../../support/orders.ts';
import { type Buyer, openTestLane, type TestLane } from '../../support/services/test-lane.ts';

const ROWS = 50_000;
/** PostgreSQL keeps a plan from its sixth use on. */
const WARM_UPS = 7;
/** Indexes are a level or two deeper. */
const FACTOR_MAX = 2.5;
const TABLES = ['area', 'seat', 'app_order', 'booking', 'payment'];

let lane: TestLane;
let scheduleId: number;
let concertId: number;
let areaId: number;
let orders: Orders;
let ada: Buyer;
beforeAll(async () => {
  const limits = { seatsPerUserMax: 1000, admitLimit: 1000 };
  lane = await openTestLane(limits, { connectionsMax: 1 });
  for (const table of TABLES)
    await lane.rows(`alter table ${table} set (autovacuum_enabled = off)`);
  const schedule = await lane.schedule({ areas: [{ name: 'Floor', capacity: 900_000, price: 1 }] });
  ({ id: scheduleId, concertId } = schedule);
  areaId = schedule.areaIds[0] as number;
  orders = ordersOf(lane, scheduleId);
  await lane.points('ada', 1_000_000);
});
afterAll(async () => {
  // The audit after all tests would find no command behind these rows.
  await lane.rows(`delete from booking where order_id < 0`);
  await lane.rows(`delete from app_order where id < 0`);
  await lane.stop();
});

async function blocks(): Promise<number> {
  await lane.rows('select pg_stat_force_next_flush()');
  const [touched] = await lane.rows<{ blocks: string }>(
    `select sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0)) as blocks
     from pg_statio_user_tables where relname in ('${TABLES.join("', '")}')`,
  );
  return Number(touched?.blocks);
}

/** Holds places twice, pays one order, lets the other run out and ends it, and counts what is left. */
async function journey(): Promise<void> {
  const place = () => lane.result<Order>(orders.placeIn(ada, { areas: [{ areaId, quantity: 2 }] }));
  ada = await lane.buyer('ada');
  const paid = await place();
  const late = await place();
  await lane.expireHold({ orderId: late.id });
  await readAreas(lane.orm, scheduleId);
  await readStock(lane.orm, concertId);
  await expireHolds(lane.orm);
  await lane.result(orders.pay(ada, paid.id));
}

async function touched(): Promise<number> {
  const before = await blocks();
  await journey();
  return (await blocks()) - before;
}

/** Bookings of the area that have ended, of the user and of the schedule in question. */
async function fill(): Promise<void> {
  const user = `(select id from app_user where subject = 'ada')`;
  const past = `now() - interval '2 hours'`;
  await lane.rows(`insert into app_order (id, user_id, concert_id, schedule_id, queue_id, state, total, hold_expires_at,
      created_at, ended_at, job_id) overriding system value
    select -n, ${user}, ${concertId}, ${scheduleId}, 1, 'expired', 1, ${past}, ${past}, ${past}, 'past-' || n
    from generate_series(1, ${ROWS}) n`);
  await lane.rows(`insert into booking (order_id, user_id, concert_id, schedule_id, area_id, price, ended_as, hold_expires_at,
      area_held_until, created_at, ended_at, job_id)
    select id, user_id, concert_id, schedule_id, ${areaId}, 1, state, hold_expires_at, hold_expires_at, created_at, ended_at,
      job_id from app_order where id < 0`);
}

test('with fifty thousand ended bookings as with none', async () => {
  for (let warmUp = 0; warmUp < WARM_UPS; warmUp += 1) await journey();
  const few = await touched();
  await fill();
  const grown = { 'on old plans': await touched() };
  await lane.rows('analyze');
  await lane.rows('discard plans');
  Object.assign(grown, { 'on new plans': await touched() });
  for (const [plans, many] of Object.entries(grown)) {
    expect(many, plans).toBeLessThan(FACTOR_MAX * few);
  }
});
