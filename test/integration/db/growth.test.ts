/**
 * The cost of a journey does not follow the rows of the past, whether the plans of its statements were made while
 * the tables were small or after: counted in blocks that PostgreSQL touches, by table.
 */
import { expect, test } from 'vitest';
import { openQueue, TIMERS_QUEUE } from '../../../src/lanes/bullmq/queues.ts';
import { connectWithRetries } from '../../../src/lanes/redis/redis.ts';
import { openLog } from '../../../src/runtime/log.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';

const JOURNEYS = 8;
/** PostgreSQL keeps a plan from its sixth use on. */
const WARM_UPS = 7;
const ROWS = 20_000;
/** Timed work looks at open places, so there are fewer of them; one read of them all would show all the same. */
const OPEN_PLACES = 100;
/** An index on more rows is a level deeper, here and there two. */
const FACTOR_MAX = 3;
/** What a start touches, and what timed work touches more in one second than in another. */
const NOISE_BLOCKS = 600;
/** For so many turns of the admission it is counted what a system touches that nobody uses. */
const IDLE_TURNS = 4;

type Blocks = Record<string, number>;

async function journeys({ client }: TestSeatlane, name: string, count: number): Promise<void> {
  const { id, seats } = await client.schedule({ seats: [{ from: 1, to: count, price: 10 }] });
  for (const [place, seat] of seats.entries()) {
    const user = await client.admitted(`${name} ${place}`);
    await client.seats(id, user);
    await client.command('POST', '/points/charge', { ...user, body: { amount: 10 } });
    const booked = await client.command('POST', `/concerts/seats/${seat.id}/book`, user);
    await client.request('GET', '/concerts/bookings', user);
    await client.request('GET', '/points/history?kind=charge', user);
    const path = `/concerts/bookings/${booked.body.result.id}/pay`;
    expect((await client.command('POST', path, user)).status).toBe(200);
  }
}

/** What journeys touch, on plans that were made before `fill`. */
async function blocksOfJourneys(
  services: TestSeatlane['services'] | undefined,
  name: string,
  fill: (seatlane: TestSeatlane) => Promise<void>,
): Promise<{ blocks: Blocks; services: TestSeatlane['services'] }> {
  const seatlane = await startSeatlane(services ? { services } : {});
  await leaveTablesAlone(seatlane);
  await journeys(seatlane, `${name}, warming up`, WARM_UPS);
  await fill(seatlane);
  const used = await blocksOf(seatlane, () => journeys(seatlane, name, JOURNEYS));
  // Polls of the queue's counters and timed work go on meanwhile, for longer on a slow machine: they are taken off.
  const unused = await startSeatlane({ services: seatlane.services });
  const idle = await blocksOf(unused, () => turnsOfTheAdmission(unused, IDLE_TURNS));
  const look = await startSeatlane({ services: seatlane.services, workers: 0 });
  await forgetThePast(look);
  await look.stop();
  const blocks = Object.fromEntries(
    Object.entries(used.blocks).map(([table, touched]) => {
      const background = ((idle.blocks[table] ?? 0) * used.ms) / idle.ms;
      return [table, Math.max(0, Math.round(touched - background))];
    }),
  );
  return { blocks, services: seatlane.services };
}

/** What is touched while `act` runs, and for how long it runs; stops the system, because connections tell it at their end. */
async function blocksOf(
  seatlane: TestSeatlane,
  act: () => Promise<void>,
): Promise<{ blocks: Blocks; ms: number }> {
  // A connection counts for itself first: what was touched before must be told before all is forgotten.
  await seatlane.rows('select pg_stat_force_next_flush()');
  await seatlane.rows('select pg_stat_reset()');
  const began = performance.now();
  await act();
  const ms = performance.now() - began;
  await seatlane.stop();
  const look = await startSeatlane({ services: seatlane.services, workers: 0 });
  const touched = await look.rows<{ name: string; blocks: string }>(
    `select relname as name, heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0) as blocks
     from pg_statio_user_tables`,
  );
  await look.stop();
  return {
    blocks: Object.fromEntries(touched.map((each) => [each.name, Number(each.blocks)])),
    ms,
  };
}

async function turnsOfTheAdmission(
  { services, config }: TestSeatlane,
  turns: number,
): Promise<void> {
  const redis = connectWithRetries(services.redisUrl, openLog('test', 'silent'));
  const queue = openQueue(TIMERS_QUEUE, redis, config);
  const taken = async () => (await queue.getJobScheduler('admit'))?.iterationCount ?? 0;
  const before = await taken();
  await waitFor('the admission takes its turns', async () => (await taken()) >= before + turns);
  await queue.close();
  redis.disconnect();
}

/** Autovacuum has plans made anew when it likes, and what it touches counts like anything else. */
async function leaveTablesAlone({ rows }: TestSeatlane): Promise<void> {
  const tables = await rows<{ name: string }>(
    'select quote_ident(relname) as name from pg_stat_user_tables',
  );
  for (const { name } of tables) await rows(`alter table ${name} set (autovacuum_enabled = off)`);
}

async function fillWithThePast({ rows }: TestSeatlane): Promise<void> {
  const past = `now() - interval '2 hours'`;
  const series = `generate_series(1, ${ROWS}) n`;
  await rows(`insert into app_user (subject) select 'past ' || n from ${series}`);
  await rows(`create table past as select id, row_number() over (order by id) as n from app_user
    where subject like 'past %'`);
  await rows(`insert into queue_entry (id, queue_id, number, user_id, state, entered_at, admitted_at, claimed_at,
      expires_at, ended_at, end_reason, job_id)
    select 1000000 + n, 1, -n, id, 'ended', ${past}, ${past}, ${past}, ${past}, ${past}, 'paid', 'entry-' || n from past`);
  await rows(`insert into queue_entry (id, queue_id, number, user_id, state, entered_at, admitted_at, claimed_at,
      expires_at, job_id)
    select 2000000 + n, 1, -1000000 - n, id, 'active', ${past}, ${past}, ${past}, now() + interval '1 day', 'open-' || n
    from past where n <= ${OPEN_PLACES}`);
  await rows(`insert into seat (schedule_id, range_index, number, price, state)
    select (select min(id) from schedule), 1, n, 1, 'sold' from ${series}`);
  // The ids of these orders are those of the seats, negative.
  await rows(`insert into app_order (id, user_id, concert_id, schedule_id, queue_id, entry_id, state, total,
      hold_expires_at, created_at, paid_at, job_id) overriding system value
    select -seat.id, past.id, (select min(id) from concert), schedule_id, 1, 1000000 + n, 'paid', 1, ${past}, ${past}, ${past},
      'booking-' || seat.id
    from seat join past on n = 1 + seat.id % ${ROWS} where range_index = 1`);
  await rows(`insert into booking (order_id, user_id, concert_id, schedule_id, seat_id, price, hold_expires_at,
      created_at, job_id)
    select id, user_id, concert_id, schedule_id, -id, 1, hold_expires_at, created_at, job_id
    from app_order where id < 0`);
  await rows(`insert into point_history (user_id, kind, amount, balance, job_id, created_at)
    select id, 'charge', 1, 1, 'history-' || n, ${past} from past`);
  await rows(`insert into points (user_id, balance) select id, 1 from past`);
  await rows(`insert into command_receipt (id, lane, command, user_id, request_hash, state, result,
      accepted_at, finished_at)
    select 'past-' || n, 'user-0', 'charge-points', id, '', 'succeeded', '{}', ${past}, ${past} from past`);
  await rows(`drop table past`);
}

/**
 * The audit after all tests would find no command behind these rows. Foreign keys are not checked meanwhile: for each of the rows
 * that would read all deleted ones of the tables that have no index on the key, which took a minute.
 */
async function forgetThePast({ rows }: TestSeatlane): Promise<void> {
  const ofThePast = `in (select id from app_user where subject like 'past %')`;
  const ofUsers = ['booking', 'queue_entry', 'point_history', 'points', 'command_receipt'];
  await rows(`begin; set local session_replication_role = replica;
    ${ofUsers.map((table) => `delete from ${table} where user_id ${ofThePast};`).join('\n')}
    delete from app_order where id < 0;
    delete from seat where range_index = 1;
    delete from app_user where subject like 'past %';
    commit`);
}

async function fillAndLetPlansBeMadeAnew(seatlane: TestSeatlane): Promise<void> {
  await fillWithThePast(seatlane);
  await seatlane.rows('analyze');
}

test('a journey touches as many blocks with twenty thousand rows per table as with none', {
  timeout: 240_000,
}, async () => {
  const few = await blocksOfJourneys(undefined, 'few', async () => undefined);
  const many = {
    'plans of small tables': fillWithThePast,
    'plans of large tables': fillAndLetPlansBeMadeAnew,
  };
  for (const [plans, fill] of Object.entries(many)) {
    const { blocks } = await blocksOfJourneys(few.services, plans, fill);
    const grown = Object.entries(blocks)
      .map(([table, touched]) => [table, few.blocks[table] ?? 0, touched] as const)
      .filter(([, before, touched]) => touched > FACTOR_MAX * before + NOISE_BLOCKS);
    expect({ plans, grown }).toEqual({ plans, grown: [] });
  }
});
