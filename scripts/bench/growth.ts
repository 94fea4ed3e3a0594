/**
 * `npm run bench:growth`: what grows with what. First more and more rows: seats, bookings, users, history and receipts
 * of the past, which must not make a command dearer. Then more worker processes, until the cores are busy.
 *
 *   node scripts/bench/growth.ts [--rows 10000,100000,1000000] [--workers 1,2,4]
 */
import { parseArgs } from 'node:util';
import { type Contestant, openContestants, USERS } from './compare/contestants.ts';
import { median } from './compare/figures.ts';
import { atOnce } from './compare/load.ts';
import { lone, oneUser } from './compare/scenarios.ts';
import { startBenchSystem } from './system.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000,100000,1000000' },
    workers: { type: 'string', default: '1,2,4' },
  },
});
const numbers = (list: string) => list.split(',').map(Number);
const REPEATS = 5;

const system = await startBenchSystem();
const [seatlane] = (await openContestants(system, ['seatlane'])) as [Contestant];

/** Rows of the past, up to so many a table: of other users, other seats, commands long done. */
async function fillUpTo(rows: number): Promise<void> {
  const { query } = seatlane;
  const [there] = await query<{ seats: number }>(
    `select count(*)::int as seats from seat where number > 0 and price = 1`,
  );
  const missing = rows - (there?.seats ?? 0);
  const series = `generate_series(1, ${missing}) n`;
  const past = `now() - interval '1 day'`;
  await query(`insert into app_user (subject) select gen_random_uuid()::text from ${series}`);
  const { scheduleId } = await seatlane.hall(1);
  await query(`insert into seat (schedule_id, range_index, number, price)
    select ${scheduleId}, 0, n, 1 from ${series}`);
  await query(`insert into booking (user_id, concert_id, schedule_id, seat_id, price, state,
      hold_expires_at, created_at, ended_at, job_id)
    select 1 + n % ${USERS}, 1, ${scheduleId}, seat.id, 1, 'cancelled', ${past}, ${past}, ${past},
      'past-' || gen_random_uuid()
    from (select id, row_number() over () as n from seat where price = 1 order by id desc
      limit ${missing}) seat`);
  await query(`insert into command_receipt (id, lane, command, user_id, request_hash, state, result,
      accepted_at, finished_at)
    select gen_random_uuid()::text, 'user-0', 'past', 1 + n % ${USERS}, '', 'succeeded', '{}',
      ${past}, ${past} from ${series}`);
  for (const table of ['app_user', 'seat', 'booking', 'command_receipt']) {
    await query(`vacuum analyze ${table}`);
  }
  await query('checkpoint');
}

async function medianWall(act: () => Promise<{ wallMs: number }>): Promise<number> {
  const walls: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) walls.push((await act()).wallMs);
  return median(walls);
}

async function bookDifferentSeats(): Promise<{ wallMs: number }> {
  const { seatIds } = await seatlane.hall(USERS);
  return atOnce(seatIds.map((id, user) => () => seatlane.post(`/concerts/seats/${id}/book`, user)));
}

const perSecond = (ms: number) => Math.round((USERS / ms) * 1000);

try {
  await bookDifferentSeats();
  console.log(`Medians of ${REPEATS}.\n`);
  console.log(
    '| rows in each table | 1,000 charges of one user, ms | different seats, a second | a lone booking, p50, ms |',
  );
  console.log('| --- | --- | --- | --- |');
  for (const rows of numbers(values.rows)) {
    await fillUpTo(rows);
    const charges = await medianWall(() => oneUser(seatlane, 1000));
    const seats = await medianWall(bookDifferentSeats);
    const { p50Ms } = await lone(seatlane);
    const cells = [
      rows.toLocaleString('en'),
      charges.toFixed(0),
      perSecond(seats),
      p50Ms.toFixed(1),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log(
    '\n| worker processes | different seats, a second | CPU s of the API process, PostgreSQL, Redis |',
  );
  console.log('| --- | --- | --- |');
  let running = 1;
  for (const workers of numbers(values.workers)) {
    for (; running < workers; running += 1) await system.startWorker();
    await untilShared(workers);
    const before = { ...seatlane.cpuSeconds(), ...system.servicesCpu() };
    const seats = await medianWall(bookDifferentSeats);
    const after = { ...seatlane.cpuSeconds(), ...system.servicesCpu() };
    const spent = (['api', 'postgres', 'redis'] as const).map((name) =>
      (after[name] - before[name]).toFixed(2),
    );
    console.log(`| ${workers} | ${perSecond(seats)} | ${spent.join(' / ')} |`);
  }
} finally {
  await seatlane.close();
  await system.stop();
}

/** Lanes move to a new process within a second or two. */
async function untilShared(workers: number): Promise<void> {
  for (;;) {
    const owners = await seatlane.query(`select distinct owner from lane where in_use`);
    if (owners.length >= workers) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
