/**
 * The hand-written shop: raw `pg` without an ORM, one named statement, one round trip and one transaction per command.
 * The update locks the row, and a waiter sees the changes of the previous transaction. This is the fairest rival of
 * Seatlane.
 */
import { Pool } from 'pg';
import { HOLD_MS, madeUpJobId, ok, refused, type Shop } from './shop.ts';

const CONNECTIONS_MAX = 20;

const CHARGE = `
  with changed as (
    update points set balance = balance + $2 where user_id = $1 returning balance)
  insert into point_history (user_id, kind, amount, balance, job_id, created_at)
  select $1, 'charge', $2, balance, $3, now() from changed returning balance::float8`;

const BOOK = `
  with held as (
    update seat set state = 'held', held_until = now() + $4 * interval '1 ms'
    where id = $1 and state = 'available' and blocked_reason is null
    returning schedule_id, price, held_until),
  placed as (
    insert into app_order (user_id, concert_id, schedule_id, queue_id, state, total, hold_expires_at,
      created_at, job_id)
    select $2, 1, schedule_id, 1, 'held', price, held_until, now(), $3 from held
    returning id)
  insert into booking (order_id, user_id, concert_id, schedule_id, seat_id, price, hold_expires_at,
    created_at, job_id)
  select placed.id, $2, 1, schedule_id, $1, price, held_until, now(), $3 from held, placed
  returning id::float8, price, 'held' as state, hold_expires_at`;

const STAND = `
  with held as (
    update area set held = held + 1 where id = $1 and held + sold < capacity
    returning schedule_id, price, now() + $4 * interval '1 ms' as held_until),
  placed as (
    insert into app_order (user_id, concert_id, schedule_id, queue_id, state, total, hold_expires_at,
      created_at, job_id)
    select $2, 1, schedule_id, 1, 'held', price, held_until, now(), $3 from held
    returning id)
  insert into booking (order_id, user_id, concert_id, schedule_id, area_id, price, hold_expires_at,
    area_held_until, created_at, job_id)
  select placed.id, $2, 1, schedule_id, $1, price, held_until, held_until, now(), $3 from held, placed
  returning id::float8, price, 'held' as state, hold_expires_at`;

const PAY = `
  with paid as (
    update app_order set state = 'paid', paid_at = now() from booking
    where booking.id = $1 and app_order.id = order_id and app_order.user_id = $2 and state = 'held'
      and price <= (select balance from points where user_id = $2)
    returning order_id, seat_id, price),
  sold as (
    update seat set state = 'sold', held_until = null from paid where id = seat_id returning id),
  changed as (
    update points set balance = balance - price from paid where user_id = $2 returning balance, price),
  ended as (
    update queue_entry set state = 'ended', ended_at = now(), end_reason = 'paid'
    where user_id = $2 and state = 'active' and exists (select from paid)),
  line as (
    insert into point_history (user_id, kind, amount, balance, job_id, created_at)
    select $2, 'use', price, balance, $3, now() from changed)
  insert into payment (order_id, booking_id, user_id, price, kind, balance, job_id, created_at)
  select order_id, $1, $2, paid.price, 'payment', balance, $3, now() from paid, changed
  returning id::float8, price, balance::float8`;

const ENTER = `
  insert into queue_entry (id, queue_id, number, user_id, state, entered_at, admitted_at, expires_at, job_id)
  select place, 1, place, $1, 'active', now(), now(), now() + interval '5 minutes', $2 from nextval('direct_place') as place
  on conflict do nothing
  returning number::float8, state, 'direct' as "queueToken"`;

const ENTRY = `select number::float8, state, 'direct' as "queueToken" from queue_entry
  where user_id = $1 and state = 'active'`;

/** PostgreSQL builds the JSON, so that no row becomes an object here. */
const SEATS = `select coalesce(json_agg(json_build_object('id', id, 'section', section, 'row', row_name,
    'number', number, 'price', price, 'state', state) order by id), '[]') as items
  from seat where schedule_id = $1`;

export function openSqlShop(databaseUrl: string): Shop {
  const pool = new Pool({ connectionString: databaseUrl, max: CONNECTIONS_MAX });
  // The pool replaces an idle connection that breaks.
  pool.on('error', () => undefined);
  const first = async (name: string, text: string, values: unknown[]) =>
    (await pool.query({ name, text, values })).rows[0];
  return {
    async charge(userId, amount) {
      return ok(await first('charge', CHARGE, [userId, amount, madeUpJobId()]));
    },
    async book(userId, seatId) {
      const booking = await first('book', BOOK, [seatId, userId, madeUpJobId(), HOLD_MS]);
      return booking ? ok({ ...booking, seatId }) : refused('SEAT_ALREADY_HELD');
    },
    async stand(userId, areaId) {
      const booking = await first('stand', STAND, [areaId, userId, madeUpJobId(), HOLD_MS]);
      return booking ? ok({ ...booking, areaId }) : refused('AREA_HELD');
    },
    async pay(userId, bookingId) {
      const payment = await first('pay', PAY, [bookingId, userId, madeUpJobId()]);
      return payment ? ok({ ...payment, bookingId }) : refused('PAYMENT_ALREADY_PROCESSED');
    },
    async enter(userId) {
      return ok((await first('enter', ENTER, [userId, madeUpJobId()])) ?? {});
    },
    async entry(userId) {
      const entry = await first('entry', ENTRY, [userId]);
      return entry ? ok(entry) : refused('QUEUE_ENTRY_NOT_FOUND', 404);
    },
    async seats(scheduleId) {
      return ok({ scheduleId, ...(await first('seats', SEATS, [scheduleId])) });
    },
    close: () => pool.end(),
  };
}
