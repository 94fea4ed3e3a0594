/**
 * What each step of a draw touches does not grow with the draw, besides the one that ranks it, which grows like it. No step grows with
 * the entries that ended before.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { comeDue, doNextStep, gathering } from '../../../../../support/services/draws.ts';
import { noteLine } from '../../../../../support/services/note-line.ts';
import { inputOf, openTestLane, type TestLane } from '../../../../../support/services/test-lane.ts';

const NEXT_TO_NONE = 100;
const FEW = 2000;
const MANY = 40_000;
const PAST = `now() - interval '2 hours'`;
const TABLES = [
  'queue_block',
  'queue_entry',
  'draw_place',
  'draw',
  'queue_numbering',
  'waiting_queue',
];

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane({}, { connectionsMax: 1 });
  // Statistics are those of empty tables, as right after users have rushed in.
  for (const table of TABLES)
    await lane.rows(`alter table ${table} set (autovacuum_enabled = off)`);
});
afterAll(async () => {
  // The audit after all tests would find no command behind these rows, and no rows behind these commands.
  await lane.rows('delete from queue_entry');
  await lane.rows(`delete from command_receipt where command = 'enter-queue'`);
  await lane.rows('delete from draw_place');
  await lane.rows(`update draw set places = 0, tickets_hash = encode(sha256(''), 'hex')`);
  await lane.rows('update queue_numbering set added = 0, removed = 0');
  await lane.rows(`update queue_numbering set last_number = (
    select coalesce(sum(reserved), 0) from draw where draw.queue_id = queue_numbering.queue_id)`);
  await noteLine(lane.rows);
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

/**
 * Lets so many users gather in a queue of their own, and holds the draw.
 * @param past how many entries of the queue have ended before
 * @returns the most blocks that a step touched, by step
 */
async function heldBy(count: number, past = 0): Promise<Record<string, number>> {
  const { concertId } = await lane.schedule();
  const queueId = await lane.queue([concertId]);
  await gathering(lane, concertId);
  await lane.result(lane.command('enter-queue', { subject: 'somebody', input: inputOf(queueId) }));
  await lane.rows(`insert into app_user (subject) select 'user ' || n from generate_series(1, ${Math.max(count, past)}) n
    on conflict do nothing`);
  await lane.rows(`insert into queue_entry (id, queue_id, number, user_id, state, entered_at, accepted_at, admitted_at, ended_at, end_reason, job_id)
    select (${queueId} - 1) * 68719476736::bigint + n + 1, ${queueId}, n + 1, app_user.id, 'ended', ${PAST}, ${PAST}, ${PAST}, ${PAST}, 'paid', 'user-0_' || n
    from generate_series(1, ${past}) n join app_user on subject = 'user ' || n order by n`);
  await lane.rows(`insert into queue_entry (id, queue_id, number, user_id, state, entered_at, accepted_at, job_id)
    select (${queueId} - 1) * 68719476736::bigint + n + 1, ${queueId}, n + 1, app_user.id, 'waiting', now(), now(), 'user-0_' || n
    from generate_series(${past} + 1, ${past} + ${count}) n join app_user on subject = 'user ' || (n - ${past}) order by n`);
  await lane.rows(`update queue_numbering set last_number = ${past} + ${count} + 1,
    added = ${past} + ${count} + 1, removed = ${past} where queue_id = ${queueId}`);
  await comeDue(lane, queueId);
  const most: Record<string, number> = {};
  for (;;) {
    const before = await blocks();
    const done = await doNextStep(lane);
    if (!done) return most;
    expect(done[1]).toBe(true);
    most[done[0]] = Math.max(most[done[0]] ?? 0, (await blocks()) - before);
  }
}

test('a portion of a large draw touches as much as one of a small draw', async () => {
  const few = await heldBy(FEW);
  const many = await heldBy(MANY);
  const report = JSON.stringify({ few, many });
  for (const step of ['close', 'assign', 'finish']) {
    expect((many[step] ?? 0) / (few[step] ?? 1), `${step}: ${report}`).toBeLessThan(1.5);
  }
  // Nobody waits for this one; the draw does.
  expect((many.rank ?? 0) / (few.rank ?? 1), report).toBeLessThan((2 * MANY) / FEW);
}, 120_000);

test('no step of a draw touches more because of the entries that ended before', async () => {
  const without = await heldBy(NEXT_TO_NONE);
  const after = await heldBy(NEXT_TO_NONE, MANY);
  const report = JSON.stringify({ without, after });
  for (const step of ['close', 'rank', 'assign', 'finish']) {
    expect((after[step] ?? 0) / (without[step] ?? 1), `${step}: ${report}`).toBeLessThan(2);
  }
}, 120_000);
