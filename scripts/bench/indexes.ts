/**
 * `npm run bench:indexes`: measures the reads that need an index, with and without it, on a million seats, bookings and
 * history lines. Prints a Markdown table with the median time and the kind of scan in the plan.
 */

import { Client } from 'pg';
import { POINT_KINDS } from '../../src/commands/schemas/resources.ts';
import { readCommandLine } from '../../src/config/command-line.ts';
import { BOOKING_ENDS } from '../../src/db/entities/booking.ts';
import { startBenchSystem } from './system.ts';

readCommandLine(import.meta.filename, {});
const REPEATS = 5;

const NEWEST = 'order by created_at desc, id desc limit 21';
const pageOf = (table: string, condition: string) =>
  `(select * from ${table} where user_id = 4711 and ${condition} ${NEWEST})`;
const liveIn = (state: string) =>
  `(select booking.* from ${pageOf('app_order', `state = '${state}'`)} placed join booking on order_id = placed.id
    where is_live order by booking.created_at desc, booking.id desc limit 21)`;
const merged = (parts: readonly string[]) =>
  `select * from (${parts.join(' union all ')}) parts ${NEWEST}`;

interface Read {
  what: string;
  /** The indexes that can serve the read; all are dropped for the comparison. */
  indexes: string[];
  statement: string;
}

const SEAT_COUNT = 1_000_000;
const HALL = 50_000;
const USER_COUNT = 100_000;
const CONCERT_COUNT = 1000;
const SCHEDULES_OF_CONCERT = 50;

/** The rows of a busy year: most seats are sold, some are held, and some holds are about to expire. */
const FILL = [
  `insert into app_user (subject) select 'user ' || n from generate_series(1, ${USER_COUNT}) n`,
  `insert into concert (title, created_at) select 'Concert ' || n, now() from generate_series(1, ${CONCERT_COUNT}) n`,
  `insert into schedule (concert_id, booking_start_at, booking_end_at, start_at, end_at, seat_count)
   select 1 + n % ${CONCERT_COUNT}, now() - interval '100 days', now() + (n / ${CONCERT_COUNT} - 45) * interval '1 day',
     now() + interval '200 days', now() + interval '201 days', 0
   from generate_series(1, ${CONCERT_COUNT * SCHEDULES_OF_CONCERT}) n`,
  `insert into seat (schedule_id, range_index, number, price, state, held_until)
   select 1 + (n - 1) / ${HALL}, 0, 1 + (n - 1) % ${HALL}, 100,
     case when n % 100 = 0 then 'held' when n % 10 = 1 then 'available' else 'sold' end,
     case when n % 100 = 0 then now() + (n % 7000 - 500) * interval '1 s' end
   from generate_series(1, ${SEAT_COUNT}) n`,
  // Orders of one, with the ids of their seats, as bookings of older versions got them.
  `insert into app_order (id, user_id, concert_id, schedule_id, queue_id, state, total, hold_expires_at,
     created_at, paid_at, ended_at, job_id) overriding system value
   select id, 1 + id * 7919 % ${USER_COUNT}, 1, schedule_id, 1,
     case state when 'sold' then 'paid' when 'held' then 'held' else 'expired' end, 100,
     coalesce(held_until, now()), now() - id * interval '1 s', case when state = 'sold' then now() end,
     case when state = 'available' then now() end, 'seat-0_' || id from seat`,
  `insert into booking (order_id, user_id, concert_id, schedule_id, seat_id, price, ended_as, hold_expires_at,
     created_at, ended_at, job_id)
   select id, user_id, concert_id, schedule_id, id, total, case when state = 'expired' then state end, hold_expires_at,
     created_at, ended_at, job_id from app_order`,
  `insert into point_history (user_id, kind, amount, balance, job_id, created_at)
   select 1 + n::bigint * 7919 % ${USER_COUNT}, (array['charge', 'use', 'use', 'refund'])[1 + n % 4], 10, 10,
     'user-0_' || n, now() - n * interval '1 s' from generate_series(1, ${SEAT_COUNT}) n`,
  'vacuum analyze',
];

const READS: Read[] = [
  {
    what: 'free seats of a 50,000-seat schedule',
    indexes: ['seat_by_schedule_and_state'],
    statement: `select id, number, price from seat where schedule_id = 7 and state = 'available' order by id`,
  },
  {
    what: 'bookable schedules of a concert',
    indexes: ['schedule_bookable_by_concert'],
    statement: `select * from schedule where concert_id = 7 and booking_start_at <= now()
      and booking_end_at > now() order by id limit 21`,
  },
  {
    what: 'schedules of a concert from a date',
    indexes: ['schedule_by_concert_and_start'],
    statement: `select * from schedule where concert_id = 7 and start_at >= now() order by start_at, id limit 21`,
  },
  {
    what: 'why seats of a 50,000-seat schedule are blocked',
    indexes: ['seat_blocked_by_schedule'],
    statement: `select id, blocked_reason from seat where schedule_id = 7 and blocked_reason is not null`,
  },
  {
    what: 'a page of a user’s expired bookings',
    indexes: ['booking_ended_by_user_and_time'],
    statement: pageOf('booking', `ended_as = 'expired'`),
  },
  {
    what: 'a page of a user’s bookings in all states',
    indexes: ['app_order_by_user_state_and_time', 'booking_ended_by_user_and_time'],
    statement: merged([
      ...['held', 'paid', 'partly-refunded'].map(liveIn),
      ...BOOKING_ENDS.map((end) => pageOf('booking', `ended_as = '${end}'`)),
    ]),
  },
  {
    what: 'a page of a user’s charges',
    indexes: ['point_history_by_user_kind_and_time'],
    statement: pageOf('point_history', `kind = 'charge'`),
  },
  {
    what: 'a page of a user’s history of all kinds',
    indexes: ['point_history_by_user_kind_and_time'],
    statement: merged(POINT_KINDS.map((kind) => pageOf('point_history', `kind = '${kind}'`))),
  },
  {
    what: 'expired holds',
    indexes: ['app_order_held_by_end'],
    statement: `select id from app_order where is_live and paid_at is null and hold_expires_at <= now()
      order by hold_expires_at limit 5000`,
  },
];

interface Measured {
  ms: number;
  scan: string;
}

async function explain(client: Client, statement: string): Promise<Measured> {
  const { rows } = await client.query(`explain (analyze, timing off, format json) ${statement}`);
  const [{ Plan: plan, 'Execution Time': ms }] = rows[0]['QUERY PLAN'];
  return { ms, scan: scanOf(plan) };
}

interface Plan {
  'Node Type': string;
  'Index Name'?: string;
  Plans?: Plan[];
}

function scanOf(plan: Plan): string {
  const [below] = plan.Plans ?? [];
  if (below) return scanOf(below);
  const index = plan['Index Name'];
  return index ? `${plan['Node Type']} (${index})` : plan['Node Type'];
}

async function measure(client: Client, statement: string): Promise<Measured> {
  const all: Measured[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) all.push(await explain(client, statement));
  const sorted = all.toSorted((a, b) => a.ms - b.ms);
  return sorted[Math.floor(REPEATS / 2)] as Measured;
}

const system = await startBenchSystem();
const client = new Client(system.environment.DATABASE_URL);
await client.connect();
try {
  console.error('Filling the tables; this takes a minute …');
  for (const statement of FILL) await client.query(statement);
  const { rows } = await client.query(`select (select count(*) from seat) as seats,
    (select count(*) from booking) as bookings, (select count(*) from point_history) as lines,
    (select count(*) from schedule) as schedules`);
  const [{ seats, bookings, lines, schedules }] = rows;
  console.log(
    `${seats} seats, ${bookings} bookings, ${lines} history lines, ${schedules} schedules.\n`,
  );
  console.log('| read | with index | without index | factor |\n| --- | --- | --- | --- |');
  for (const { what, indexes, statement } of READS) {
    const mine = await measure(client, statement);
    // The transaction is rolled back, which restores the index.
    await client.query('begin');
    await client.query(`drop index ${indexes.join()}`);
    const without = await measure(client, statement);
    await client.query('rollback');
    const show = ({ ms, scan }: Measured) => `${ms.toFixed(2)} ms, ${scan}`;
    const factor = Math.round(without.ms / mine.ms);
    console.log(`| ${what} | ${show(mine)} | ${show(without)} | ${factor} |`);
  }
} finally {
  await client.end();
  await system.stop();
}
