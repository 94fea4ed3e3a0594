/** What an admission and the reads of API processes touch does not grow with the users who have stopped polling. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { notePresence, noteWatch } from '../../../src/db/presence.ts';
import { readQueueCounters } from '../../../src/db/reads/queue/counters.ts';
import { readLineBlocks } from '../../../src/db/reads/queue/line.ts';
import { openLog } from '../../../src/runtime/log.ts';
import { admit } from '../../../workers/timers/queue/admit.ts';
import { runAdmission } from '../../../workers/timers/queue/run-admission.ts';
import { noteLine } from '../../support/services/note-line.ts';
import { openTestLane, type TestLane } from '../../support/services/test-lane.ts';

/** Users who stopped polling and were skipped: few, then many more. */
const FEW = 1000;
const MANY = 500_000;
/** Of those, so many are skipped by admissions, and leave their entries in the index of the line. The others were never in it. */
const SKIPPED_BY_RUNS = 20_000;
/** PostgreSQL keeps a plan from its sixth use on. */
const WARM_UPS = 7;
const FACTOR_MAX = 3;
/** What one admission of one user touches, at most. */
const BLOCKS_MAX = 200;

let lane: TestLane;
let users = 0;
beforeAll(async () => {
  lane = await openTestLane({}, { connectionsMax: 1 });
  for (const table of ['queue_entry', 'waiting_queue', 'queue_block', 'queue_numbering'])
    await lane.rows(`alter table ${table} set (autovacuum_enabled = off)`);
  await noteWatch(lane.orm);
  await lane.rows(`update presence_watch set watched_since = now() - interval '1 day'`);
  await lane.rows(
    `insert into app_user (subject) select 'past ' || n from generate_series(1, ${MANY}) n`,
  );
});
afterAll(async () => {
  // The audit after all tests would find no command behind these rows.
  await lane.rows(`delete from queue_entry where job_id like 'past%'`);
  await lane.rows(`update queue_numbering set removed = 0, added = (
    select count(*) from queue_entry where state = 'waiting') + (select removed from waiting_queue where id = queue_id)`);
  await noteLine(lane.rows);
  await lane.stop();
});

/** Adds users who have stopped polling, up to this number of them. @param skipped whether they were skipped already */
async function abandon(upTo: number, skipped: boolean): Promise<void> {
  const added = upTo - users;
  await lane.rows(`insert into queue_entry (id, queue_id, number, user_id, state, entered_at, seen_at, seen_near_front,
      skipped_at, job_id)
    select last_number + n, 1, last_number + n, app_user.id, 'waiting', now() - interval '1 day',
      now() - interval '1 day', true, ${skipped ? 'now()' : 'null'}, 'past ' || n
    from queue_numbering, generate_series(1, ${added}) n join app_user on subject = 'past ' || (${users} + n)
    where queue_id = 1`);
  await lane.rows(
    `update queue_numbering set last_number = last_number + ${added}, added = added + ${added} where queue_id = 1`,
  );
  if (skipped) await noteLine(lane.rows);
  users = upTo;
}

async function blocks(): Promise<number> {
  await lane.rows('select pg_stat_force_next_flush()');
  const [touched] = await lane.rows<{ blocks: string }>(
    `select sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0)) as blocks
     from pg_statio_user_tables where relname in ('queue_entry', 'waiting_queue', 'queue_numbering', 'queue_block')`,
  );
  return Number(touched?.blocks);
}

let known = { queueId: 1, users: -1, system: -1 };

/** A user enters, is admitted and leaves; an API process reads the counters and the line before and after it. */
async function journey(): Promise<void> {
  const settings = { ...lane.config, admitLimit: 10, admitWindowMs: 1, maxActive: 10 };
  await lane.result(lane.command('enter-queue', { subject: 'ada' }));
  await readQueueCounters(lane.orm);
  const admitted = await admit(lane.orm, settings);
  expect(admitted).toMatchObject([{ count: 1, skipped: 0, isUnfinished: false }]);
  await readLine();
  await lane.result(lane.command('leave-queue', { subject: 'ada' }));
}

/** As an API process, which knows what it has read before. */
async function readLine(): Promise<void> {
  for (const { source, version } of await readLineBlocks(lane.orm, [known])) {
    known = { ...known, [source]: Math.max(known[source], version) };
  }
}

async function touched(): Promise<number> {
  await readLine();
  const before = await blocks();
  await journey();
  return (await blocks()) - before;
}

const skipAll = () =>
  runAdmission({
    orm: lane.orm,
    settings: { ...lane.config, admitLimit: 10, admitWindowMs: 1, maxActive: 10 },
    onAdmitted: async () => undefined,
    log: openLog('test', 'silent'),
  });

test('with twenty thousand users whom admissions have skipped, of five hundred thousand, as with a thousand', async () => {
  await abandon(FEW, false);
  await skipAll();
  for (let warmUp = 0; warmUp < WARM_UPS; warmUp += 1) await journey();
  const few = await touched();
  expect(few).toBeLessThan(BLOCKS_MAX);
  await abandon(FEW + SKIPPED_BY_RUNS, false);
  await skipAll();
  expect(await touched(), 'just skipped').toBeLessThan(FACTOR_MAX * few);
  await abandon(MANY, true);
  // Moves the beginning of the line.
  await journey();
  expect(await touched(), 'on old plans').toBeLessThan(FACTOR_MAX * few);
  await lane.rows('analyze');
  await lane.rows('discard plans');
  expect(await touched(), 'on new plans').toBeLessThan(FACTOR_MAX * few);
}, 240_000);

test('a note of a poll writes no index', async () => {
  const ids = (
    await lane.rows<{ id: string }>(`select id from queue_entry where state = 'waiting' limit 50`)
  ).map(({ id }) => Number(id));
  await lane.rows(`update queue_entry set skipped_at = null where id = any('{${ids}}')`);
  const updates = async () => {
    await lane.rows('select pg_stat_force_next_flush()');
    const [row] = await lane.rows<{ all: string; hot: string }>(
      `select n_tup_upd as all, n_tup_hot_upd as hot from pg_stat_user_tables where relname = 'queue_entry'`,
    );
    return { all: Number(row?.all), hot: Number(row?.hot) };
  };
  const before = await updates();
  const nothing = { claimed: [], returned: [] };
  await notePresence(lane.orm, { ...nothing, near: [], far: ids });
  await notePresence(lane.orm, { ...nothing, near: ids, far: [] });
  const after = await updates();
  expect(after.all - before.all).toBe(100);
  expect(after.hot - before.hot).toBeGreaterThan(60);
});
