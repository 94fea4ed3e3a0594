/** Bookings of several orders of the same time are on the pages of a list once each, by their own ids. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../src/db/connection/orm.ts';
import { type BookingFilter, listBookings } from '../../../src/db/reads/bookings.ts';
import { cloneServices } from '../../support/services/database.ts';
import { databaseRows } from '../../support/services/rows.ts';

const SUBJECT = 'ada';
const ORDERS = 5;
const PLACES = 2;
const SEATS = ORDERS * PLACES;

/** All orders have one time. A later order has earlier bookings, as two lanes can draw ids. */
const FILL = [
  `insert into app_user (id, subject) overriding system value values (1, '${SUBJECT}')`,
  `insert into concert (title, created_at) values ('The Winter Gala', now())`,
  `insert into schedule (concert_id, booking_start_at, booking_end_at, start_at, end_at, seat_count)
   values (1, now(), now() + interval '1 day', now() + interval '2 days', now() + interval '3 days', ${SEATS})`,
  `insert into seat (id, schedule_id, range_index, number, price, state) overriding system value
   select n, 1, 0, n, 10, 'sold' from generate_series(1, ${SEATS}) n`,
  `insert into app_order (id, user_id, concert_id, schedule_id, queue_id, state, total, hold_expires_at, created_at, paid_at,
     job_id) overriding system value
   select n, 1, 1, 1, 1, 'paid', 20, '2026-11-27T12:05:00Z', '2026-11-27T12:00:00Z', now(), 'seat-0_' || n
   from generate_series(1, ${ORDERS}) n`,
  `insert into booking (id, order_id, user_id, concert_id, schedule_id, seat_id, price, hold_expires_at, created_at, job_id)
   overriding system value
   select n, ${ORDERS} - (n - 1) / ${PLACES}, 1, 1, 1, n, 10, '2026-11-27T12:05:00Z', '2026-11-27T12:00:00Z', 'seat-0_' || n
   from generate_series(1, ${SEATS}) n`,
];

let orm: Database;
let rows: ReturnType<typeof databaseRows>;
beforeAll(async () => {
  const { databaseUrl } = await cloneServices();
  orm = await openDatabase({ databaseUrl, connectionsMax: 1, applicationName: 'test' });
  rows = databaseRows(orm);
  for (const statement of FILL) await rows(statement);
});
afterAll(async () => {
  // The audit after all tests would find no payments behind these rows.
  await rows('truncate concert, schedule, seat, app_order, booking, app_user cascade');
  await orm.close();
});

/** The ids on all pages of so many bookings. */
async function pagesOf(limit: number, state: BookingFilter['state']): Promise<number[]> {
  const found: number[] = [];
  for (let before: BookingFilter['before']; ; ) {
    const page = await listBookings(orm, { subject: SUBJECT, state, before, limit });
    const shown = page.slice(0, limit);
    found.push(...shown.map(({ id }) => id));
    if (page.length <= limit) return found;
    before = shown.at(-1);
  }
}

const newestFirst = Array.from({ length: SEATS }, (_, index) => SEATS - index);

test.each([1, 2, 3, 20])('on pages of %s, with and without a state', async (limit) => {
  expect(await pagesOf(limit, undefined)).toEqual(newestFirst);
  expect(await pagesOf(limit, 'paid')).toEqual(newestFirst);
});
